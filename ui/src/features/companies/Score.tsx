import { useWords } from "../../i18n";
import { count } from "../../i18n/format";
import styles from "./Companies.module.css";

/** A score as a figure, and as a bar for the eye. */
export function Score({ score }: { score: number }) {
  const { t, locale } = useWords();
  return (
    <span className={styles.score} title={t("companies.score.of", { score })}>
      <span className={styles.figure}>{count(score, locale)}</span>
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: `${score}%` }} />
      </span>
    </span>
  );
}
