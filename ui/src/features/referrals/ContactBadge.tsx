import { PersonCall16Regular } from "@fluentui/react-icons/headless/svg/person-call";
import { Badge } from "../../components/Badge";
import { useWords } from "../../i18n";
import { dayAndTime } from "../../i18n/format";
import { useMoments } from "./moments";

const HOUR = 3_600_000;
const RED_HOURS = 24;

/** There as long as the customer's wish to be contacted is fresh; where there is room, it says for how long that is. */
export function ContactBadge({ until, brief = false }: { until: string | null; brief?: boolean }) {
  const { t, locale } = useWords();
  const left = (read: number) => (until === null ? 0 : new Date(until).getTime() - read);
  const now = useMoments(until, (read) => (left(read) > 0 ? left(read) % HOUR || HOUR : null));
  if (until === null || !(left(now) > 0)) return null;
  const hours = Math.ceil(left(now) / HOUR);
  return (
    <Badge
      testId="badge-contact"
      tone={hours <= RED_HOURS ? "red" : "amber"}
      icon={PersonCall16Regular}
      title={t("details.contact_until", { time: dayAndTime(until, locale) })}
    >
      {brief ? t("referrals.contact_wanted") : t("details.contact_left", { count: hours })}
    </Badge>
  );
}
