import { Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { Amount } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useWidth } from "../../components/hooks";
import { useWords } from "../../i18n";
import { count, money } from "../../i18n/format";
import { EXPIRING_SOON, type Filter, NO_CURRENCY, sameFilter } from "./filter";
import { useFilterActions, useFilters } from "./filters";
import styles from "./Tiles.module.css";

/** Asked for only once the first rows are there. */
export function useTiles(ready: boolean) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.tiles(profile), queryFn: () => call("tiles", {}), enabled: ready }).data;
}

/** The figures above the list, each a filter. */
export function Tiles({ ready }: { ready: boolean }) {
  const { t, locale } = useWords();
  const { counts } = useSnapshot();
  const tiles = useTiles(ready);
  const [bar, width] = useWidth<HTMLDivElement>();
  const figure = (value: number) => count(value, locale);
  const won: Filter | undefined = tiles && { status: "Closed", substatus: "Won", closed_from: tiles.quarter_from };
  const amounts = tiles?.open_value ?? [];
  const room = width === undefined ? 2 : width < 900 ? 1 : width < 1200 ? 2 : 3;
  const shown = amounts.length <= room ? amounts : amounts.slice(0, room);
  const more = amounts.slice(shown.length);

  return (
    // biome-ignore lint/a11y/useSemanticElements: nothing is sent from here
    <div className={styles.tiles} ref={bar} role="group" aria-label={t("tiles.label")}>
      <Tile label={t("tiles.new")} value={figure(tiles?.new ?? counts.new)} filter={{ status: "New" }} />
      <Tile
        label={t("tiles.expiring", { count: EXPIRING_SOON })}
        value={figure(tiles?.expiring ?? counts.expiring)}
        filter={{ status: "New", expiring: EXPIRING_SOON }}
        urgent={(tiles?.expiring ?? counts.expiring) > 0}
      />
      <Tile label={t("tiles.active")} value={figure(tiles?.active ?? counts.active)} filter={{ status: "Active" }} />
      {won && tiles && <Tile label={t("tiles.won")} value={figure(tiles.won_this_quarter)} filter={won} />}
      {tiles && tiles.contact_wanted > 0 && (
        <Tile
          label={t("tiles.contact_wanted")}
          value={figure(tiles.contact_wanted)}
          filter={{ status: "All", contact_wanted: true }}
          urgent
        />
      )}
      {tiles && tiles.unseen > 0 && (
        <Tile
          label={t("tiles.unseen")}
          value={figure(tiles.unseen)}
          filter={{ status: "All", unseen: true }}
          hint={t("tiles.unseen_hint")}
        />
      )}
      {shown.map((amount) => (
        <ValueTile key={amount.currency} amount={amount} />
      ))}
      {more.length > 0 && (
        <Popover positioning="below-end" trapFocus>
          <PopoverTrigger disableButtonEnhancement>
            <button type="button" className={styles.more}>
              {t("tiles.more", { count: more.length })}
            </button>
          </PopoverTrigger>
          <PopoverSurface className={styles.rest} aria-label={t("tiles.more_label")}>
            {more.map((amount) => (
              <ValueTile key={amount.currency} amount={amount} />
            ))}
          </PopoverSurface>
        </Popover>
      )}
    </div>
  );
}

type TileProps = { label: string; value: string; filter: Filter; hint?: string; urgent?: boolean };

function Tile({ label, value, filter, hint, urgent }: TileProps) {
  const { filter: shown, home } = useFilters();
  const { showOnly } = useFilterActions();
  const pressed = sameFilter(shown, filter);
  return (
    <button
      type="button"
      className={styles.tile}
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
function ValueTile({ amount: { currency, value, referrals } }: { amount: Amount }) {
  const { t, locale } = useWords();
  const hint = t("referrals.shown", { count: referrals });
  const figure = money(value, currency, locale);
  if (currency !== null) {
    const label = t("tiles.open_value", { currency });
    return <Tile label={label} value={figure} filter={{ status: "Open", currency }} hint={hint} />;
  }
  // Referrals without a value have no currency either.
  const filter = { status: "Open", currency: NO_CURRENCY, min_value: "0" };
  return <Tile label={t("tiles.open_value_plain")} value={figure} filter={filter} hint={hint} />;
}
