import { Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { Amount } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Translate, useWords } from "../../i18n";
import { count, money } from "../../i18n/format";
import { EXPIRING_SOON, type Filter, NO_CURRENCY, sameFilter } from "./filter";
import { useFilterActions, useFilters } from "./filters";
import { useFitting } from "./fitting";
import styles from "./Tiles.module.css";

/** Asked for only once the first rows are there. */
export function useTiles(ready: boolean) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.tiles(profile), queryFn: () => call("tiles", {}), enabled: ready }).data;
}

/** The figures above the list, each a filter: as many as there is room for, the others one click away. */
export function Tiles({ ready }: { ready: boolean }) {
  const { t, locale } = useWords();
  const { counts } = useSnapshot();
  const figures = useTiles(ready);
  const figure = (value: number) => count(value, locale);
  const expiring = figures?.expiring ?? counts.expiring;
  const tiles: TileProps[] = [
    { label: t("tiles.new"), value: figure(figures?.new ?? counts.new), filter: { status: "New" } },
    {
      label: t("tiles.expiring", { count: EXPIRING_SOON }),
      value: figure(expiring),
      filter: { status: "New", expiring: EXPIRING_SOON },
      urgent: expiring > 0,
    },
    { label: t("tiles.active"), value: figure(figures?.active ?? counts.active), filter: { status: "Active" } },
  ];
  if (figures) {
    const { won_this_quarter, quarter_from, contact_wanted, unseen, open_value } = figures;
    tiles.push({
      label: t("tiles.won"),
      value: figure(won_this_quarter),
      filter: { status: "Closed", substatus: "Won", closed_from: quarter_from },
    });
    if (contact_wanted > 0) {
      tiles.push({
        label: t("tiles.contact_wanted"),
        value: figure(contact_wanted),
        filter: { status: "All", contact_wanted: true },
        urgent: true,
      });
    }
    if (unseen > 0) {
      tiles.push({
        label: t("tiles.unseen"),
        value: figure(unseen),
        filter: { status: "All", unseen: true },
        hint: t("tiles.unseen_hint"),
      });
    }
    tiles.push(...open_value.map((amount) => valueTile(amount, t, locale)));
  }
  const [row, fitting] = useFitting<HTMLDivElement>(tiles.length);
  const rest = tiles.slice(fitting);

  return (
    // biome-ignore lint/a11y/useSemanticElements: nothing is sent from here
    <div className={styles.tiles} ref={row} role="group" aria-label={t("tiles.label")}>
      {tiles.map((tile, index) => (
        <Tile key={tile.label} {...tile} away={index >= fitting} />
      ))}
      <Popover positioning="below-end" trapFocus>
        <PopoverTrigger disableButtonEnhancement>
          <button type="button" className={styles.more} style={rest.length === 0 ? AWAY : undefined}>
            {t("tiles.more", { count: rest.length })}
          </button>
        </PopoverTrigger>
        <PopoverSurface className={styles.rest} aria-label={t("tiles.more_label")}>
          {rest.map((tile) => (
            <Tile key={tile.label} {...tile} />
          ))}
        </PopoverSurface>
      </Popover>
    </div>
  );
}

type TileProps = { label: string; value: string; filter: Filter; hint?: string; urgent?: boolean };

/** Still as wide as it would be, behind what is shown. */
const AWAY = { visibility: "hidden", order: 1 } as const;

function Tile({ label, value, filter, hint, urgent, away }: TileProps & { away?: boolean }) {
  const { filter: shown, home } = useFilters();
  const { showOnly } = useFilterActions();
  const pressed = sameFilter(shown, filter);
  return (
    <button
      type="button"
      className={styles.tile}
      style={away ? AWAY : undefined}
      aria-pressed={pressed}
      data-urgent={urgent || undefined}
      title={hint}
      onClick={() => showOnly(pressed ? home : filter)}
    >
      <span className={styles.value}>{value}</span> <span className={styles.label}>{label}</span>
    </button>
  );
}

/** What is open in one currency, or without one. */
function valueTile({ currency, value, referrals }: Amount, t: Translate, locale: string): TileProps {
  const figure = { value: money(value, currency, locale), hint: t("referrals.shown", { count: referrals }) };
  if (currency !== null) {
    return { ...figure, label: t("tiles.open_value", { currency }), filter: { status: "Open", currency } };
  }
  // Referrals without a value have no currency either.
  const filter = { status: "Open", currency: NO_CURRENCY, min_value: "0" };
  return { ...figure, label: t("tiles.open_value_plain"), filter };
}
