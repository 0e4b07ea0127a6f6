import type { Mode, RunStatus, Summary } from "../../api/bindings";
import { type Translate, term } from "../../i18n";

/** How the ledger begins the reason of a run that a refused session stopped. */
const SIGN_IN_NEEDED = "Sign-in needed";

/** Why a run did nothing or broke off: known reasons in words, others as they are on record. */
export function reasonWords(reason: string, t: Translate): string {
  return term(t, "run_reason", reason.startsWith(SIGN_IN_NEEDED) ? SIGN_IN_NEEDED : reason);
}

/** Whether the list of referrals looks otherwise after a run. */
export const changedSomething = ({ inserted, updated, gone }: Summary): boolean => inserted + updated + gone > 0;

/** What a run did, in words: the news first. */
export function runWords(run: Summary, t: Translate): string {
  const reason = run.reason === null ? null : reasonWords(run.reason, t);
  if (run.status === "skipped") return reason ? t("activity.skipped_because", { reason }) : t("activity.skipped");
  const counts = [
    run.inserted > 0 && t("activity.count_new", { count: run.inserted }),
    run.updated > 0 && t("activity.count_changed", { count: run.updated }),
    run.gone > 0 && t("activity.count_gone", { count: run.gone }),
    run.failure_count > 0 && t("activity.count_failed", { count: run.failure_count }),
  ].filter((words) => words !== false);
  const broke = reason && t("activity.broke_off_because", { reason });
  if (counts.length === 0) return broke ?? t("activity.nothing_new");
  if (run.unchanged > 0) counts.push(t("activity.count_unchanged", { count: run.unchanged }));
  return [counts.join(", "), broke].filter(Boolean).join(" · ");
}

export const statusWords = (status: RunStatus, t: Translate): string => t(`activity.status.${status}`);
export const modeWords = (mode: Mode, t: Translate): string => t(`activity.mode.${mode}`);

/** What to do about a request that failed; null for a cause that has no words yet. */
export function causeHint(cause: string, t: Translate): string | null {
  const hint = term(t, "cause_hint", cause);
  return hint === cause ? null : hint;
}
