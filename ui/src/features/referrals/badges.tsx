import type { FluentIcon } from "@fluentui/react-icons/headless";
import { AlertUrgent16Regular } from "@fluentui/react-icons/headless/svg/alert-urgent";
import { ArrowTrending16Regular } from "@fluentui/react-icons/headless/svg/arrow-trending";
import { BuildingShop16Regular } from "@fluentui/react-icons/headless/svg/building-shop";
import { CheckmarkCircle16Regular } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { Clock16Regular } from "@fluentui/react-icons/headless/svg/clock";
import { CloudOff16Regular } from "@fluentui/react-icons/headless/svg/cloud-off";
import { Fire16Regular } from "@fluentui/react-icons/headless/svg/fire";
import { Handshake16Regular } from "@fluentui/react-icons/headless/svg/handshake";
import { Link16Regular } from "@fluentui/react-icons/headless/svg/link";
import { LinkDismiss16Regular } from "@fluentui/react-icons/headless/svg/link-dismiss";
import { LinkMultiple16Regular } from "@fluentui/react-icons/headless/svg/link-multiple";
import { PlayCircle16Regular } from "@fluentui/react-icons/headless/svg/play-circle";
import { QuestionCircle16Regular } from "@fluentui/react-icons/headless/svg/question-circle";
import { Sparkle16Regular } from "@fluentui/react-icons/headless/svg/sparkle";
import { Star16Regular } from "@fluentui/react-icons/headless/svg/star";
import { Subtract16Regular } from "@fluentui/react-icons/headless/svg/subtract";
import { SubtractCircle16Regular } from "@fluentui/react-icons/headless/svg/subtract-circle";
import { Tag16Regular } from "@fluentui/react-icons/headless/svg/tag";
import type { Kind, LinkStatus, ReferralItem } from "../../api/bindings";
import { Badge, type Tone } from "../../components/Badge";
import { type Translate, term, useWords } from "../../i18n";
import { count, dayAndTime } from "../../i18n/format";
import { expiryOf } from "./expiry";
import { useMoments } from "./moments";

type Look = { tone: Tone; icon: FluentIcon };

const kinds: Record<Kind, Look> = {
  "co-sell": { tone: "blue", icon: Handshake16Regular },
  marketplace: { tone: "green", icon: BuildingShop16Regular },
  "solution-provider": { tone: "orange", icon: Star16Regular },
  other: { tone: "grey", icon: Tag16Regular },
};

const links: Record<LinkStatus, Look> = {
  auto_linked: { tone: "green", icon: Link16Regular },
  linked_manually: { tone: "green", icon: Link16Regular },
  unlinked: { tone: "grey", icon: LinkDismiss16Regular },
  multi_candidate: { tone: "amber", icon: LinkMultiple16Regular },
};

const statuses: Record<string, Look> = {
  new: { tone: "blue", icon: Sparkle16Regular },
  active: { tone: "green", icon: PlayCircle16Regular },
  closed: { tone: "grey", icon: SubtractCircle16Regular },
};

const unknown: Look = { tone: "grey", icon: QuestionCircle16Regular };
const won: Look = { tone: "green", icon: CheckmarkCircle16Regular };

/** A word that came from outside may be the name of anything. */
const lookOf = (looks: Record<string, Look>, word: string): Look =>
  (Object.hasOwn(looks, word) ? looks[word] : undefined) ?? unknown;

export function KindBadge({ kind }: { kind: Kind }) {
  const { t } = useWords();
  const { tone, icon } = lookOf(kinds, kind);
  return (
    <Badge testId="badge-kind" tone={tone} icon={icon} title={term(t, "kind_long", kind)}>
      {term(t, "kind", kind)}
    </Badge>
  );
}

export function statusWords({ status, substatus }: ReferralItem, t: Translate): string {
  return [status && term(t, "status", status), substatus && term(t, "substatus", substatus)]
    .filter(Boolean)
    .join(" · ");
}

export function StatusBadge({ item }: { item: ReferralItem }) {
  const { t } = useWords();
  const gone = item.gone_at !== null;
  const { tone, icon } = gone
    ? { tone: "grey" as const, icon: CloudOff16Regular }
    : item.substatus?.toLowerCase() === "won"
      ? won
      : lookOf(statuses, item.status?.toLowerCase() ?? "");
  return (
    <Badge testId="badge-status" tone={tone} icon={icon} title={gone ? t("referrals.gone") : undefined}>
      {statusWords(item, t) || t("common.not_given")}
    </Badge>
  );
}

export function LinkBadge({ status }: { status: LinkStatus }) {
  const { t } = useWords();
  const { tone, icon } = lookOf(links, status);
  return (
    <Badge testId="badge-link" tone={tone} icon={icon} title={term(t, "link_long", status)}>
      {term(t, "link", status)}
    </Badge>
  );
}

/** From here on a referral is among those to call first, or at least not among the last. */
const [HIGH, MIDDLE] = [80, 50];

export function PriorityBadge({ priority }: { priority: number }) {
  const { t, locale } = useWords();
  const [tone, icon] =
    priority >= HIGH
      ? (["orange", Fire16Regular] as const)
      : priority >= MIDDLE
        ? (["blue", ArrowTrending16Regular] as const)
        : (["quiet", Subtract16Regular] as const);
  return (
    <Badge testId="badge-priority" tone={tone} icon={icon} title={t("companies.priority.of", { priority })}>
      {count(priority, locale)}
    </Badge>
  );
}

export function ExpiryBadge({ item, now }: { item: ReferralItem; now: number }) {
  const { t, locale } = useWords();
  const expiry = expiryOf(item, now);
  if (!expiry) return null;
  const { left, tone, at, estimated } = expiry;
  const words = left === "expired" ? t("expiry.expired") : t(`expiry.${left.unit}`, { count: left.count });
  const exact = t(left === "expired" ? "expiry.past" : "expiry.exact", { time: dayAndTime(at, locale) });
  return (
    <Badge
      testId="badge-expiry"
      tone={tone}
      icon={tone === "quiet" ? Clock16Regular : AlertUrgent16Regular}
      title={estimated ? `${exact}\n${t("expiry.estimated")}` : exact}
    >
      {estimated ? `≈ ${words}` : words}
    </Badge>
  );
}

/** An expiry badge that keeps its own time, so that a list need not be drawn anew for it. */
export function LiveExpiryBadge({ item }: { item: ReferralItem }) {
  const now = useMoments(item.expires_at, (read) => expiryOf(item, read)?.holds ?? null);
  return <ExpiryBadge item={item} now={now} />;
}
