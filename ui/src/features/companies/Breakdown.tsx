import type { Part } from "../../api/bindings";
import { useWords } from "../../i18n";
import { count, signed } from "../../i18n/format";
import styles from "./Companies.module.css";

/** What a figure is made of: each reason with its points, and their sum. */
export function Breakdown({ parts, total }: { parts: Part[]; total: number }) {
  const { t, locale } = useWords();
  return (
    <dl className={styles.breakdown}>
      {parts.map(({ reason, points }) => (
        <div key={reason} data-sign={Math.sign(points)}>
          <dt>{t(`companies.points.${reason}`)}</dt>
          <dd>{signed(points, locale)}</dd>
        </div>
      ))}
      <div className={styles.total}>
        <dt>{t("companies.score.total")}</dt>
        <dd>{count(total, locale)}</dd>
      </div>
    </dl>
  );
}
