import { createContext, useCallback, useContext, useEffect, useRef } from "react";
import { useSnapshot } from "../../api/hooks";
import { useAnnounce } from "../../components/announcements";
import { useCommand, useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import { countWords } from "../activity/words";

const SyncNowContext = createContext<() => void>(() => undefined);

/** Asks for a sync, and for its result to be told. */
export const useSyncNow = (): (() => void) => useContext(SyncNowContext);

/**
 * Tells how a run ended: to everybody if it was asked for here or brought something, otherwise to screen readers. Why it
 * failed stands in the bar.
 */
export function SyncNowProvider({ children }: { children: React.ReactNode }) {
  const { t } = useWords();
  const notify = useNotify();
  const announce = useAnnounce();
  const command = useCommand();
  const { sync } = useSnapshot();
  const asked = useRef(false);
  const told = useRef(sync.last?.run_id);
  const { running, last } = sync;
  useEffect(() => {
    if (running || !last || last.run_id === told.current) return;
    told.current = last.run_id;
    const wanted = asked.current;
    asked.current = false;
    const title = t(`sync.result_${last.status}`);
    const broughtSomething = last.inserted + last.updated > 0;
    if (!wanted && !broughtSomething) return announce(title);
    const counts = countWords(last, t);
    const text = counts && `${t("sync.count_fetched", { count: last.fetched })} · ${counts}`;
    const intent = { completed: "success", partial: "warning", failed: "error", skipped: "info" } as const;
    notify({ intent: intent[last.status], title, text });
  }, [running, last, notify, announce, t]);
  const syncNow = useCallback(() => {
    asked.current = true;
    void command("sync_now", {});
  }, [command]);
  return <SyncNowContext.Provider value={syncNow}>{children}</SyncNowContext.Provider>;
}
