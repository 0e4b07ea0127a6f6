import { Button, Checkbox, CounterBadge, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { Filter20Regular } from "@fluentui/react-icons/headless/svg/filter";
import { useId, useRef, useState } from "react";
import { useWords } from "../i18n";
import { count } from "../i18n/format";
import styles from "./FilterMenu.module.css";
import looks from "./List.module.css";
import { BELOW } from "./positions";
import { ReturnFocus } from "./ReturnFocus";

const BUTTON = "filter-button";

/** For what goes with a filter. */
export const focusFilterButton = (): void => document.getElementById(BUTTON)?.focus();

type Props = {
  /** How many filters are in use. */
  chosen: number;
  onClear: () => void;
  /** The fields to choose by, in columns. */
  children: React.ReactNode;
};

/** What a list can be filtered by, behind one button. */
export function FilterMenu({ chosen, onClear, children }: Props) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <Popover open={open} onOpenChange={(_, change) => setOpen(change.open)} positioning={BELOW} trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button ref={button} id={BUTTON} appearance="subtle" icon={<Filter20Regular />}>
          <span className={looks.buttonText}>{t("filters.button")}</span>{" "}
          {chosen > 0 && <CounterBadge className={styles.chosen} size="small" count={chosen} />}
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label={t("filters.label")}>
        {children}
        <footer className={styles.footer}>
          <Button size="small" disabledFocusable={chosen === 0} onClick={() => chosen > 0 && onClear()}>
            {t("filters.clear")}
          </Button>
          <Button size="small" appearance="primary" onClick={() => setOpen(false)}>
            {t("filters.done")}
          </Button>
        </footer>
        <ReturnFocus to={button} />
      </PopoverSurface>
    </Popover>
  );
}

export { styles as filterStyles };

type GroupProps = {
  name: string;
  choices: Array<{ value: string; referrals: number | null }> | undefined;
  chosen: string[];
  word: (value: string) => string;
  onToggle: (value: string) => void;
};

/** Values to choose several of; one that is chosen stays in the list even if nothing has it any more. */
export function ChoiceGroup({ name, choices = [], chosen, word, onToggle }: GroupProps) {
  const { locale } = useWords();
  const legend = useId();
  const gone = [...new Set(chosen)].filter((value) => choices.every((choice) => choice.value !== value));
  const all = [...choices, ...gone.map((value) => ({ value, referrals: null }))];
  if (all.length === 0) return null;
  const named = all.map((choice) => ({ ...choice, name: word(choice.value) }));
  const sorted = named.some(({ referrals }) => referrals !== null)
    ? named.sort((one, other) => one.name.localeCompare(other.name, locale))
    : named;
  return (
    <fieldset className={styles.group} aria-labelledby={legend}>
      <legend id={legend}>{name}</legend>
      <div className={styles.choices}>
        {sorted.map((choice) => (
          <Checkbox
            key={choice.value}
            size="medium"
            label={
              choice.referrals === null ? (
                choice.name
              ) : (
                <>
                  {choice.name} <span className={styles.count}>{count(choice.referrals, locale)}</span>
                </>
              )
            }
            checked={chosen.includes(choice.value)}
            onChange={() => onToggle(choice.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}
