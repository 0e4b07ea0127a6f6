import type { Mode, RunStatus, Summary } from "../../api/bindings";
import type { Translate } from "../../i18n";

/** What a run brought, in words, the news first; null for one that ended before it read anything. */
export function countWords(run: Summary, t: Translate): string | null {
  if (run.fetched === 0 && (run.status === "skipped" || run.status === "failed")) return null;
  const counts = [
    run.inserted > 0 && t("activity.count_new", { count: run.inserted }),
    run.updated > 0 && t("activity.count_changed", { count: run.updated }),
    run.skipped_count > 0 && t("activity.count_skipped", { count: run.skipped_count }),
    run.gone > 0 && t("activity.count_gone", { count: run.gone }),
    run.failure_count > 0 && t("activity.count_failed", { count: run.failure_count }),
  ].filter((words) => words !== false);
  if (counts.length === 0) return t("activity.nothing_new");
  if (run.unchanged > 0) counts.push(t("activity.count_unchanged", { count: run.unchanged }));
  return counts.join(", ");
}

export const statusWords = (status: RunStatus, t: Translate): string => t(`activity.status.${status}`);
export const modeWords = (mode: Mode, t: Translate): string => t(`activity.mode.${mode}`);
