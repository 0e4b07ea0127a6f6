import type { ReferralDetails } from "../../api/bindings";
import { term, useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import styles from "./Details.module.css";

export function History({ referral }: { referral: ReferralDetails }) {
  const { t, locale } = useWords();
  const shown = (value: unknown) =>
    value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);
  return (
    <ol className={styles.history}>
      {referral.history.map((entry) => (
        <li key={`${entry.run_id} ${entry.at}`}>
          <time dateTime={entry.at}>{dayAndTime(entry.at, locale)}</time>
          <strong>{t(`details.outcome.${entry.outcome}`)}</strong>
          {entry.reason && <span>{term(t, "reason", entry.reason)}</span>}
          {entry.changes.map(({ field, from, to }) => (
            <span key={field}>{t("details.change", { field, from: shown(from), to: shown(to) })}</span>
          ))}
        </li>
      ))}
    </ol>
  );
}
