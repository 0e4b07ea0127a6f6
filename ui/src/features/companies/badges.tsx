import type { FluentIcon } from "@fluentui/react-icons/headless";
import { ArrowSwap16Regular } from "@fluentui/react-icons/headless/svg/arrow-swap";
import { CheckmarkCircle16Regular } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { Home16Regular } from "@fluentui/react-icons/headless/svg/home";
import { Link16Regular } from "@fluentui/react-icons/headless/svg/link";
import { LinkDismiss16Regular } from "@fluentui/react-icons/headless/svg/link-dismiss";
import { LinkMultiple16Regular } from "@fluentui/react-icons/headless/svg/link-multiple";
import { Mail16Regular } from "@fluentui/react-icons/headless/svg/mail";
import { QuestionCircle16Regular } from "@fluentui/react-icons/headless/svg/question-circle";
import { Send16Regular } from "@fluentui/react-icons/headless/svg/send";
import { Server16Regular } from "@fluentui/react-icons/headless/svg/server";
import { SubtractCircle16Regular } from "@fluentui/react-icons/headless/svg/subtract-circle";
import { WeatherSnowflake20Regular } from "@fluentui/react-icons/headless/svg/weather-snowflake";
import type { CompanyLink, ProviderId, Segment } from "../../api/bindings";
import { Badge, type Tone } from "../../components/Badge";
import { useWords } from "../../i18n";
import type { Told } from "./signals";

type Look = { tone: Tone; icon: FluentIcon };

const segments: Record<Segment, Look> = {
  existing: { tone: "blue", icon: CheckmarkCircle16Regular },
  migration: { tone: "green", icon: ArrowSwap16Regular },
  cold: { tone: "amber", icon: WeatherSnowflake20Regular },
  skip: { tone: "grey", icon: SubtractCircle16Regular },
};

const sender: Look = { tone: "grey", icon: Send16Regular };
const providers: Record<ProviderId, Look> = {
  m365: { tone: "blue", icon: Mail16Regular },
  google: { tone: "green", icon: Mail16Regular },
  yandex: { tone: "amber", icon: Mail16Regular },
  zoho: { tone: "orange", icon: Mail16Regular },
  amazon_ses: sender,
  sendgrid: sender,
  mailgun: sender,
  hosting: { tone: "grey", icon: Server16Regular },
  local: { tone: "grey", icon: Home16Regular },
  unknown: { tone: "quiet", icon: QuestionCircle16Regular },
};

const links: Record<CompanyLink, Look> = {
  linked: { tone: "green", icon: Link16Regular },
  unlinked: { tone: "grey", icon: LinkDismiss16Regular },
  mixed: { tone: "amber", icon: LinkMultiple16Regular },
};

const answers: Record<Told<unknown>["answer"], Look> = {
  found: { tone: "green", icon: CheckmarkCircle16Regular },
  absent: { tone: "grey", icon: SubtractCircle16Regular },
  unanswered: { tone: "amber", icon: QuestionCircle16Regular },
};

export function SegmentBadge({ segment }: { segment: Segment }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-segment" title={t(`companies.segment_long.${segment}`)} {...segments[segment]}>
      {t(`companies.segment.${segment}`)}
    </Badge>
  );
}

export function ProviderBadge({ provider }: { provider: ProviderId }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-provider" {...providers[provider]}>
      {t(`companies.provider.${provider}`)}
    </Badge>
  );
}

export function CompanyLinkBadge({ link }: { link: CompanyLink }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-company-link" title={t(`companies.link_long.${link}`)} {...links[link]}>
      {t(`companies.link.${link}`)}
    </Badge>
  );
}

export function AnswerBadge({ answer }: { answer: Told<unknown>["answer"] }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-answer" {...answers[answer]}>
      {t(`companies.answer.${answer}`)}
    </Badge>
  );
}
