import { Link } from "@fluentui/react-components";
import type { HistoryEntry, ReferralDetails } from "../../api/bindings";
import { term, useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import { Changes } from "./Changes";
import styles from "./Details.module.css";

export function History({ referral }: { referral: ReferralDetails }) {
  const { t, locale } = useWords();
  const { openRun } = useSelections();
  return (
    <ol className={styles.history}>
      {referral.history.map((entry, place) => (
        <li key={`${entry.run_id} ${entry.at}`}>
          <time dateTime={entry.at}>{dayAndTime(entry.at, locale)}</time>
          <strong>
            {cameBack(referral.history, place) ? t("details.came_back") : t(`details.outcome.${entry.outcome}`)}
          </strong>
          {entry.reason && <span>{term(t, "reason", entry.reason)}</span>}
          <Changes changes={entry.changes} />
          <Link className={styles.toRun} onClick={() => openRun(entry.run_id)}>
            {t("details.show_run")}
          </Link>
        </li>
      ))}
    </ol>
  );
}

/** Newest first: what was gone in the entry before this one is there again. */
function cameBack(history: HistoryEntry[], place: number): boolean {
  const outcome = history[place]?.outcome;
  return history[place + 1]?.outcome === "gone" && (outcome === "inserted" || outcome === "updated");
}
