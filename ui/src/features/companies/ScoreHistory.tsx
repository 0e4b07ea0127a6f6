import type { CompanyDetails } from "../../api/bindings";
import { panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import { ProviderBadge, SegmentBadge } from "./badges";
import styles from "./Companies.module.css";
import { Score } from "./Score";

/** The scores that the company has and had. */
export function ScoreHistory({ company: { history } }: { company: CompanyDetails }) {
  const { t, locale } = useWords();
  if (history.length === 0) return <p className={panelStyles.nothing}>{t("companies.score.no_history")}</p>;
  return (
    <ol className={styles.history} aria-label={t("companies.score.history")}>
      {history.map(({ scored_at, score, segment, provider, rules_version }) => (
        <li key={scored_at}>
          <time dateTime={scored_at}>{dayAndTime(scored_at, locale)}</time>
          {score === null ? <strong>{t("companies.score.no_score")}</strong> : <Score score={score} />}
          <span className={styles.badges}>
            {segment && <SegmentBadge segment={segment} />}
            <ProviderBadge provider={provider} />
          </span>
          <span className={styles.hint}>{t("companies.score.rules", { version: rules_version })}</span>
        </li>
      ))}
    </ol>
  );
}
