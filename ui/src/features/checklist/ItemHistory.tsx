import { Spinner } from "@fluentui/react-components";
import type { ChecklistItem } from "../../api/bindings";
import { errorWords } from "../../components/errors";
import { useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import { StateBadge } from "./badges";
import styles from "./Checklist.module.css";
import { useChecklistHistory } from "./checklist";

/** Every result of an item that is on record, newest first. */
export function ItemHistory({ id, item }: { id: string; item: ChecklistItem }) {
  const { t, locale } = useWords();
  const history = useChecklistHistory(item.id);
  return (
    <div id={id} className={styles.history}>
      {history.data ? (
        <ol aria-label={t("checklist.history_label", { title: item.title })}>
          {history.data.map(({ state, evidence, note, account, checked_at }) => (
            <li key={checked_at}>
              <StateBadge testId="badge-past" state={state} />
              <div className={styles.past}>
                <span className={styles.when}>
                  <time dateTime={checked_at}>{dayAndTime(checked_at, locale)}</time>
                  {account && <span>{account}</span>}
                </span>
                {evidence && <span>{evidence}</span>}
                {note && <span className={styles.pastNote}>{t("checklist.noted", { note })}</span>}
              </div>
            </li>
          ))}
        </ol>
      ) : history.isError ? (
        <p role="alert">{errorWords(history.error, t).message}</p>
      ) : (
        <Spinner size="tiny" label={t("referrals.loading_row")} />
      )}
    </div>
  );
}
