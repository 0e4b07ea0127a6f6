import { Spinner } from "@fluentui/react-components";
import type { FluentIcon } from "@fluentui/react-icons/headless";
import { ArrowForward16Regular } from "@fluentui/react-icons/headless/svg/arrow-forward";
import { CheckmarkCircle16Regular } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { Circle16Regular } from "@fluentui/react-icons/headless/svg/circle";
import { ErrorCircle16Regular } from "@fluentui/react-icons/headless/svg/error-circle";
import { HandRight16Regular } from "@fluentui/react-icons/headless/svg/hand-right";
import { History16Regular } from "@fluentui/react-icons/headless/svg/history";
import { Hourglass16Regular } from "@fluentui/react-icons/headless/svg/hourglass";
import type { ChecklistItem, ItemState, PhaseStatus } from "../../api/bindings";
import { Badge, type Tone } from "../../components/Badge";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";

type ShownState = ItemState | "expired";
type Look = { tone: Tone; icon: FluentIcon };

const states: Record<ShownState, Look> = {
  pass: { tone: "green", icon: CheckmarkCircle16Regular },
  fail: { tone: "red", icon: ErrorCircle16Regular },
  manual: { tone: "blue", icon: HandRight16Regular },
  not_run: { tone: "grey", icon: Circle16Regular },
  skipped: { tone: "grey", icon: ArrowForward16Regular },
  expired: { tone: "amber", icon: History16Regular },
};

const statuses: Record<PhaseStatus, Look> = {
  pass: { tone: "green", icon: CheckmarkCircle16Regular },
  fail: { tone: "red", icon: ErrorCircle16Regular },
  open: { tone: "blue", icon: Circle16Regular },
  waiting: { tone: "grey", icon: Hourglass16Regular },
};

export function ItemBadge({ item, running }: { item: ChecklistItem; running: boolean }) {
  const { t } = useWords();
  if (running) {
    return (
      <span className={styles.running} data-testid="badge-check">
        <Spinner size="extra-tiny" aria-hidden="true" />
        {t("checklist.running_item")}
      </span>
    );
  }
  return <StateBadge testId="badge-check" state={shownState(item)} />;
}

/** What was found out too long ago is neither known nor failed. */
const shownState = ({ state, expired }: ChecklistItem): ShownState => (expired && state !== "fail" ? "expired" : state);

/** How an item stands, beside its name. */
export function StateMark({ item }: { item: ChecklistItem }) {
  const { t } = useWords();
  const state = shownState(item);
  const { tone, icon: Icon } = states[state];
  return (
    <span className={styles.mark} data-tone={tone} title={t(`checklist.state.${state}`)}>
      <Icon aria-hidden="true" />
    </span>
  );
}

export function StateBadge({ state, testId }: { state: ShownState; testId: string }) {
  const { t } = useWords();
  return (
    <Badge testId={testId} {...states[state]}>
      {t(`checklist.state.${state}`)}
    </Badge>
  );
}

export function PhaseBadge({ status }: { status: PhaseStatus }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-phase" {...statuses[status]}>
      {t(`checklist.status.${status}`)}
    </Badge>
  );
}
