import { useState } from "react";
import type { Checklist } from "../../api/bindings";
import { useWords } from "../../i18n";
import { itemsNamed } from "./checklist";

/** Tells screen readers what is being checked, and the verdict once checking is over. */
export function Announcements({ checklist }: { checklist: Checklist }) {
  const { t } = useWords();
  const { running, verdict } = checklist;
  const [ran, setRan] = useState(false);
  if (running !== null && !ran) setRan(true);
  const [item] = running === null ? [] : itemsNamed(checklist, [running]);
  return (
    <span role="status" className="visually-hidden">
      {item
        ? t("checklist.checking", { title: item.title })
        : ran && running === null && t("checklist.checked", { verdict })}
    </span>
  );
}
