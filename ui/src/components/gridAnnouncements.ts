import { useEffect, useRef } from "react";
import { useWords } from "../i18n";
import { useAnnounce } from "./announcements";

/** How long a list has to stay as it is before its length is said. */
const PAUSE = 700;

/** Says how many rows were found whenever something else was asked for; that a sync brings rows is said elsewhere. */
export function useGridAnnouncements(question: string, rowCount: number | undefined, stale: boolean): void {
  const { t } = useWords();
  const announce = useAnnounce();
  const answered = useRef<string | null>(null);
  useEffect(() => {
    if (rowCount === undefined || stale || answered.current === question) return;
    if (answered.current === null) {
      answered.current = question;
      return;
    }
    const timer = setTimeout(() => {
      answered.current = question;
      announce(t("keys.found", { count: rowCount }));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [question, rowCount, stale, announce, t]);
}
