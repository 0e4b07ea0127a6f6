import type { Snapshot } from "../../api/bindings";
import type { Translate } from "../../i18n";
import { clockTime, duration } from "../../i18n/format";

const MINUTE = 60_000;

export type SyncTone = "running" | "good" | "attention" | "waiting" | "paused" | "off";

export const isSignedOut = ({ profile, signed_in, needs_sign_in }: Snapshot): boolean =>
  profile.kind !== "sample" && (!signed_in || needs_sign_in);

export const isSwitchedOff = ({ profile, enabled }: Snapshot): boolean => profile.kind !== "sample" && !enabled;

/** `next`: what follows, if it is known. */
type SyncWords = { text: string; next?: string | null; tone: SyncTone };

/** The state of syncing in a few words, the same as in the tray and in `hunter status`. */
export function syncWords(snapshot: Snapshot, now: number, t: Translate, locale: string): SyncWords {
  const { state, running, problem, last_success_at, next_at, throttled_until } = snapshot.sync;
  const time = last_success_at && clockTime(last_success_at, now, locale);
  switch (state) {
    case "syncing":
      return {
        text: running && running.page > 0 ? t("sync.running_page", { page: running.page }) : t("sync.running"),
        tone: "running",
      };
    case "needs_sign_in":
      return {
        text: snapshot.profile.kind === "none" ? t("sync.signed_out") : t("sync.sign_in_again"),
        tone: "attention",
      };
    case "off":
      return { text: t("sync.off"), tone: "off" };
    case "paused":
      return { text: t("sync.paused"), tone: "paused" };
    case "throttled":
      return {
        text: throttled_until
          ? t("sync.throttled_until", { time: clockTime(throttled_until, now, locale) })
          : t("sync.throttled"),
        tone: "waiting",
      };
    case "offline": {
      const offline = time ? t("sync.offline", { time }) : t("sync.offline_empty");
      return { text: offline, next: retryWords(next_at, now, t, locale), tone: "attention" };
    }
    case "idle":
      break;
  }
  if (problem) {
    const failed = time ? t("sync.failed", { time }) : t("sync.failed_empty");
    return { text: failed, next: retryWords(next_at, now, t, locale), tone: "attention" };
  }
  if (!last_success_at) return { text: t("sync.never"), tone: "off" };
  const ago = now - new Date(last_success_at).getTime();
  const synced = ago < MINUTE ? t("sync.synced_just_now") : t("sync.synced_ago", { duration: duration(ago, t) });
  return { text: synced, next: nextWords(next_at, now, t), tone: "good" };
}

function nextWords(next_at: string | null, now: number, t: Translate): string | null {
  const ahead = next_at === null ? Number.NaN : new Date(next_at).getTime() - now;
  if (Number.isNaN(ahead)) return null;
  if (ahead <= 0) return t("sync.next_due");
  if (ahead < MINUTE)
    return t("sync.next_in", { duration: t("duration.seconds", { count: Math.ceil(ahead / 1_000) }) });
  return t("sync.next_in", { duration: duration(ahead, t) });
}

function retryWords(next_at: string | null, now: number, t: Translate, locale: string): string | null {
  if (next_at === null) return null;
  const due = new Date(next_at).getTime() <= now;
  return due ? t("sync.next_due") : t("sync.trying_again", { time: clockTime(next_at, now, locale) });
}
