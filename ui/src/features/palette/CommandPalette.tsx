import { Dialog, DialogBody, DialogContent, DialogSurface, Input } from "@fluentui/react-components";
import type { FluentIcon } from "@fluentui/react-icons/headless";
import { Handshake20Regular } from "@fluentui/react-icons/headless/svg/handshake";
import { Search20Regular } from "@fluentui/react-icons/headless/svg/search";
import { useEffect, useId, useRef, useState } from "react";
import { useDebounced } from "../../components/hooks";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import { holds } from "../../i18n/fold";
import { day, money } from "../../i18n/format";
import { KeyCaps } from "../frame/KeyCaps";
import { useSelections } from "../frame/selection";
import { statusWords } from "../referrals/badges";
import styles from "./CommandPalette.module.css";
import { commands, groups } from "./commands";
import { useFound } from "./found";
import { useMeans } from "./means";

/** How long the number of results waits for the next letter before it is said. */
const PAUSE = 600;

type Option = {
  id: string;
  icon: FluentIcon;
  text: string;
  detail?: string | null;
  /** What tells it from others of the same name. */
  facts?: string;
  stroke?: string;
  run: () => void;
};
type Group = { id: string; label: string; options: Option[] };
type Props = { onClose: () => void; onChoose: (run: () => void) => void };

/** Everything that can be done, found by typing: a field that has the focus, and a list that it leads through. */
export function CommandPalette({ onClose, onChoose }: Props) {
  const { t } = useWords();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const shown = useGroups(typed);
  const options = shown.flatMap((group) => group.options);
  const place = Math.min(active, options.length - 1);
  const current = options[place];
  const spoken = useDebounced(options.length, PAUSE);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whichever option is active now comes into view
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [current?.id]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown") setActive(place + 1 < options.length ? place + 1 : 0);
    else if (event.key === "ArrowUp") setActive(place > 0 ? place - 1 : options.length - 1);
    else if (event.key === "Enter" && current) onChoose(current.run);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface} aria-label={t("palette.title")}>
        <DialogBody className={styles.body}>
          <DialogContent className={styles.content}>
            <Input
              className={styles.field}
              size="large"
              contentBefore={<Search20Regular aria-hidden="true" />}
              role="combobox"
              aria-label={t("palette.label")}
              aria-expanded={options.length > 0}
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              aria-activedescendant={current && `${id}-${current.id}`}
              placeholder={t("palette.placeholder")}
              spellCheck={false}
              autoComplete="off"
              value={typed}
              onChange={(_, { value }) => {
                setTyped(value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
            <div ref={list} id={`${id}-list`} className={styles.list} role="listbox" aria-label={t("palette.results")}>
              {shown.map((group) => (
                // biome-ignore lint/a11y/useSemanticElements: a group of options, which no element of HTML is
                <div key={group.id} role="group" aria-labelledby={`${id}-${group.id}`}>
                  <div id={`${id}-${group.id}`} className={styles.group} role="presentation">
                    {group.label}
                  </div>
                  {group.options.map((option) => (
                    // biome-ignore lint/a11y: the field has the focus and the keys; options are pointed at
                    <div
                      key={option.id}
                      id={`${id}-${option.id}`}
                      className={styles.option}
                      role="option"
                      aria-selected={option === current}
                      onPointerMove={() => setActive(options.indexOf(option))}
                      onClick={() => onChoose(option.run)}
                    >
                      <option.icon className={styles.icon} aria-hidden="true" />
                      <span className={styles.text}>{option.text}</span>
                      {option.detail && <span className={styles.detail}>{option.detail}</span>}
                      {option.facts && <span className={styles.facts}>{option.facts}</span>}
                      {option.stroke && <KeyCaps stroke={option.stroke} />}
                    </div>
                  ))}
                </div>
              ))}
            </div>
            {options.length === 0 && <p className={styles.nothing}>{t("palette.nothing", { typed })}</p>}
            <span role="status" className="visually-hidden">
              {spoken === options.length && t("palette.count", { count: spoken })}
            </span>
          </DialogContent>
        </DialogBody>
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}

/** What can be done now and matches, with the referrals that were found. */
function useGroups(typed: string): Group[] {
  const { t, locale } = useWords();
  const means = useMeans();
  const { openReferral } = useSelections();
  const found = useFound(typed);
  const possible = commands.filter(({ when, words }) => (when?.(means) ?? true) && holds(words(t), typed));
  return [
    ...groups.map((group) => ({
      id: group,
      label: t(`palette.group.${group}`),
      options: possible
        .filter((command) => command.group === group)
        .map(({ id, icon, words, keys, run }) => ({
          id,
          icon,
          text: words(t),
          stroke: keys?.[0],
          run: () => run(means),
        })),
    })),
    {
      id: "referrals",
      label: t("referrals.title"),
      options: found.map((row) => ({
        id: `referral-${row.referral_id}`,
        icon: Handshake20Regular,
        text: row.customer_name ?? t("referrals.unnamed"),
        detail: row.name,
        facts: [
          row.gone_at === null ? statusWords(row, t) : t("referrals.gone"),
          row.deal_value !== null && money(row.deal_value, row.currency, locale),
          row.created_at && day(row.created_at, locale),
        ]
          .filter(Boolean)
          .join(" · "),
        run: () => openReferral(row.referral_id),
      })),
    },
  ].filter(({ options }) => options.length > 0);
}
