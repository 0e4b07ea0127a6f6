import { Button } from "@fluentui/react-components";
import { Dismiss16Regular } from "@fluentui/react-icons/svg/dismiss";
import { useWords } from "../../i18n";
import { filterChips, withoutChips } from "./filterChips";
import { useFilters } from "./filters";
import styles from "./Referrals.module.css";

/** What the list is filtered by, each with the way to let go of it. */
export function Chips() {
  const { t, locale } = useWords();
  const { filter, setFilter } = useFilters();
  const chips = filterChips(filter, t, locale);
  if (chips.length === 0) return null;
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
            onClick={() => setFilter(without)}
          >
            <span className={styles.chipText}>{label}</span>
          </Button>
        </li>
      ))}
      <li>
        <Button size="small" appearance="transparent" onClick={() => setFilter(withoutChips(chips))}>
          {t("filters.clear")}
        </Button>
      </li>
    </ul>
  );
}
