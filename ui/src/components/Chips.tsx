import { Button } from "@fluentui/react-components";
import { Dismiss16Regular } from "@fluentui/react-icons/headless/svg/dismiss";
import { useWords } from "../i18n";
import { focusFilterButton } from "./FilterMenu";
import styles from "./List.module.css";

export type Chip<Filter> = {
  id: string;
  label: string;
  /** What lets go of it. */
  without: Filter;
};

/** Lets go of all that the chips say. */
export const withoutChips = <Filter extends object>(chips: Array<Chip<Filter>>): Filter =>
  Object.assign({}, ...chips.map(({ without }) => without));

type Props<Filter> = { chips: Array<Chip<Filter>>; onDrop: (without: Filter) => void };

/** What a list is filtered by, each with the way to let go of it. */
export function Chips<Filter extends object>({ chips, onDrop }: Props<Filter>) {
  const { t } = useWords();
  if (chips.length === 0) return null;
  const drop = (without: Filter, neighbour?: Element | null) => {
    onDrop(without);
    const button = chips.length > 1 && neighbour?.querySelector("button");
    if (button) button.focus();
    else focusFilterButton();
  };
  return (
    <ul className={styles.chips} aria-label={t("filters.chips")}>
      {chips.map(({ id, label, without }) => (
        <li key={id}>
          <Button
            className={styles.chip}
            size="small"
            shape="circular"
            icon={<Dismiss16Regular />}
            iconPosition="after"
            title={label}
            aria-label={t("referrals.drop_filter", { filter: label })}
            onClick={({ currentTarget }) => drop(without, currentTarget.parentElement?.nextElementSibling)}
          >
            <span className={styles.chipText}>{label}</span>
          </Button>
        </li>
      ))}
      <li>
        <Button size="small" appearance="transparent" onClick={() => drop(withoutChips(chips))}>
          {t("filters.clear")}
        </Button>
      </li>
    </ul>
  );
}
