import type { Snapshot } from "../../api/bindings";
import type { Translate } from "../../i18n";
import { clockTime, duration } from "../../i18n/format";

const MINUTE = 60_000;

export type SyncTone = "running" | "good" | "attention" | "off";

export const isSignedOut = ({ profile, signed_in, needs_sign_in }: Snapshot): boolean =>
  profile.kind !== "sample" && (!signed_in || needs_sign_in);

export const isSwitchedOff = ({ profile, enabled }: Snapshot): boolean => profile.kind !== "sample" && !enabled;

/** The state of syncing in a few words: the most pressing fact first. */
export function syncWords(
  snapshot: Snapshot,
  now: number,
  t: Translate,
  locale: string,
): { text: string; tone: SyncTone } {
  const { running, problem, last_success_at, next_at } = snapshot.sync;
  if (running) {
    const text = running.page > 0 ? t("sync.running_page", { page: running.page }) : t("sync.running");
    return { text, tone: "running" };
  }
  if (isSignedOut(snapshot)) {
    const text = snapshot.profile.kind === "none" ? t("sync.signed_out") : t("sync.sign_in_again");
    return { text, tone: "attention" };
  }
  if (isSwitchedOff(snapshot)) return { text: t("sync.flag_off"), tone: "off" };
  if (problem) {
    const passing = problem.retry !== "never";
    if (!last_success_at) return { text: t(passing ? "sync.offline_empty" : "sync.failed_empty"), tone: "attention" };
    const time = clockTime(last_success_at, now, locale);
    return { text: t(passing ? "sync.offline" : "sync.failed", { time }), tone: "attention" };
  }
  if (!last_success_at) return { text: t("sync.never"), tone: "off" };

  const ago = now - new Date(last_success_at).getTime();
  const synced = ago < MINUTE ? t("sync.synced_just_now") : t("sync.synced_ago", { duration: duration(ago, t) });
  const ahead = next_at === null ? Number.NaN : new Date(next_at).getTime() - now;
  if (Number.isNaN(ahead)) return { text: synced, tone: "good" };
  const next = ahead < MINUTE ? t("sync.next_soon") : t("sync.next_in", { duration: duration(ahead, t) });
  return { text: `${synced} · ${next}`, tone: "good" };
}

/** The counts of a finished run, the telling ones always and the others if there are any. */
export function runWords(last: NonNullable<Snapshot["sync"]["last"]>, t: Translate): string {
  const counts = [t("sync.count_fetched", { count: last.fetched }), t("sync.count_inserted", { count: last.inserted })];
  counts.push(t("sync.count_updated", { count: last.updated }));
  if (last.skipped_count > 0) counts.push(t("sync.count_skipped", { count: last.skipped_count }));
  if (last.gone > 0) counts.push(t("sync.count_gone", { count: last.gone }));
  return counts.join(" · ");
}
