import { createContext, useCallback, useContext, useEffect, useRef } from "react";
import { useSnapshot } from "../../api/hooks";
import { useAnnounce } from "../../components/announcements";
import { errorWords } from "../../components/errors";
import { useCommand, useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import { runWords } from "./syncWords";

const SyncNowContext = createContext<() => void>(() => undefined);

/** Asks for a sync, and for its result to be told. */
export const useSyncNow = (): (() => void) => useContext(SyncNowContext);

/** Tells how a run ended: to everybody if it was asked for here or brought something, otherwise to screen readers. */
export function SyncNowProvider({ children }: { children: React.ReactNode }) {
  const { t } = useWords();
  const notify = useNotify();
  const announce = useAnnounce();
  const command = useCommand();
  const { sync } = useSnapshot();
  const asked = useRef(false);
  const told = useRef(sync.last?.run_id);
  const { running, last, problem } = sync;
  useEffect(() => {
    if (running || !last || last.run_id === told.current) return;
    told.current = last.run_id;
    const wanted = asked.current;
    asked.current = false;
    const title = t(`sync.result_${last.status}`);
    const broughtSomething = last.inserted + last.updated > 0;
    if (!wanted && !broughtSomething) return announce(title);
    const counts = last.fetched > 0 || last.status === "completed" ? runWords(last, t) : null;
    const failures = last.failure_count > 0 && t("sync.failures", { count: last.failure_count });
    const cause = last.status !== "completed" && problem && errorWords(problem, t).message;
    const text = [counts, failures, cause].filter(Boolean).join("\n");
    const intent = { completed: "success", partial: "warning", failed: "error", skipped: "info" } as const;
    notify({ intent: intent[last.status], title, text });
  }, [running, last, problem, notify, announce, t]);
  const syncNow = useCallback(() => {
    asked.current = true;
    void command("sync_now", {});
  }, [command]);
  return <SyncNowContext.Provider value={syncNow}>{children}</SyncNowContext.Provider>;
}
