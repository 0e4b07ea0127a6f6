import { Button } from "@fluentui/react-components";
import { ChevronDown16Regular } from "@fluentui/react-icons/headless/svg/chevron-down";
import { ChevronRight16Regular } from "@fluentui/react-icons/headless/svg/chevron-right";
import { Note16Regular } from "@fluentui/react-icons/headless/svg/note";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ChecklistItem, Snapshot } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { useWords } from "../../i18n";
import { dayAndTime, sinceWords } from "../../i18n/format";
import { ItemBadge } from "./badges";
import styles from "./Checklist.module.css";
import { hasPassed } from "./checklist";
import { Fixing } from "./Fixing";
import { HandAnswer } from "./HandAnswer";
import { ItemHistory } from "./ItemHistory";

type Props = {
  item: ChecklistItem;
  running: boolean;
  /** How often it was asked to be shown; each time it takes the focus. */
  asked: number;
};

/** One thing to prove: what it is, how it stands, and what can be done about it. */
export function Item({ item, running, asked }: Props) {
  const { t } = useWords();
  const snapshot = useSnapshot();
  const row = useRef<HTMLLIElement>(null);
  const show = useCallback(() => {
    row.current?.scrollIntoView({ block: "start" });
    row.current?.focus({ preventScroll: true });
  }, []);
  /** Who has gone on elsewhere meanwhile stays there. */
  const goOnHere = () => {
    const focused = document.activeElement;
    if (focused === document.body || row.current?.contains(focused)) show();
  };
  useEffect(() => {
    if (asked > 0) show();
  }, [asked, show]);
  const unused = item.how === "action" && item.state === "not_run" && !running;
  const ids = { title: `item-${item.id}`, history: `item-${item.id}-history` };
  const [historyOpen, setHistoryOpen] = useState(false);
  return (
    <li
      ref={row}
      className={styles.item}
      tabIndex={-1}
      aria-labelledby={ids.title}
      aria-busy={running || undefined}
      data-state={item.state}
    >
      <div className={styles.itemHead}>
        <div className={styles.itemName}>
          <h3 id={ids.title} className={styles.itemTitle}>
            {item.title}
          </h3>
          {!item.required && item.how !== "action" && (
            <span className={styles.optional}>{t("checklist.optional")}</span>
          )}
        </div>
        {!unused && <ItemBadge item={item} running={running} />}
      </div>
      <p className={styles.proves}>{item.proves}</p>
      {item.evidence && <p className={styles.evidence}>{item.evidence}</p>}
      {item.note && (
        <p className={styles.note}>
          <Note16Regular aria-label={t("checklist.note")} role="img" />
          <span>{item.note}</span>
        </p>
      )}
      {item.checked_at !== null && (
        <div className={styles.foot}>
          <When item={item} at={item.checked_at} />
          <Button
            className={styles.more}
            appearance="transparent"
            size="small"
            icon={historyOpen ? <ChevronDown16Regular /> : <ChevronRight16Regular />}
            aria-expanded={historyOpen}
            aria-controls={historyOpen ? ids.history : undefined}
            aria-label={t("checklist.history_label", { title: item.title })}
            onClick={() => setHistoryOpen(!historyOpen)}
          >
            {t("checklist.history")}
          </Button>
        </div>
      )}
      {historyOpen && <ItemHistory id={ids.history} item={item} />}
      {item.fix && isToBeFixed(item, snapshot) && <Fixing fix={item.fix} how={item.how} running={running} />}
      {item.how === "by_hand" && <HandAnswer item={item} onAnswered={goOnHere} />}
    </li>
  );
}

/** A check that has not run yet needs no mending, but it may need what only a person can do. */
function isToBeFixed(item: ChecklistItem, { enabled, signed_in }: Snapshot): boolean {
  if (item.how === "action") return true;
  if (hasPassed(item)) return false;
  if (item.how === "by_hand" || item.state === "fail") return true;
  const kind = item.fix?.action?.kind;
  return (kind === "enable" && !enabled) || (kind === "sign_in" && !signed_in);
}

/** When it was last judged, by whom, and whether that still counts. */
function When({ item: { account, expired }, at }: { item: ChecklistItem; at: string }) {
  const { t, locale } = useWords();
  const now = useNow(30_000);
  const exact = dayAndTime(at, locale);
  return (
    <p className={styles.when}>
      <time dateTime={at}>
        {sinceWords(at, now, t)} · {exact}
      </time>
      {account && <span>{account}</span>}
      {expired && <span className={styles.expired}>{t("checklist.expired")}</span>}
    </p>
  );
}
