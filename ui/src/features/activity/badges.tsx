import type { FluentIcon } from "@fluentui/react-icons/headless";
import { AddCircle16Regular } from "@fluentui/react-icons/headless/svg/add-circle";
import { CheckmarkCircle16Regular } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { CloudOff16Regular } from "@fluentui/react-icons/headless/svg/cloud-off";
import { Edit16Regular } from "@fluentui/react-icons/headless/svg/edit";
import { ErrorCircle16Regular } from "@fluentui/react-icons/headless/svg/error-circle";
import { SubtractCircle16Regular } from "@fluentui/react-icons/headless/svg/subtract-circle";
import { Warning16Regular } from "@fluentui/react-icons/headless/svg/warning";
import type { ItemOutcome, RunStatus } from "../../api/bindings";
import { Badge, type Tone } from "../../components/Badge";
import { useWords } from "../../i18n";
import { statusWords } from "./words";

type Look = { tone: Tone; icon: FluentIcon };

const statuses: Record<RunStatus, Look> = {
  completed: { tone: "green", icon: CheckmarkCircle16Regular },
  partial: { tone: "amber", icon: Warning16Regular },
  skipped: { tone: "grey", icon: SubtractCircle16Regular },
  failed: { tone: "red", icon: ErrorCircle16Regular },
};

const outcomes: Record<ItemOutcome, Look> = {
  inserted: { tone: "green", icon: AddCircle16Regular },
  updated: { tone: "blue", icon: Edit16Regular },
  skipped: { tone: "grey", icon: SubtractCircle16Regular },
  failed: { tone: "red", icon: ErrorCircle16Regular },
  gone: { tone: "grey", icon: CloudOff16Regular },
};

export function RunBadge({ status }: { status: RunStatus }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-run" {...statuses[status]}>
      {statusWords(status, t)}
    </Badge>
  );
}

export function OutcomeBadge({ outcome }: { outcome: ItemOutcome }) {
  const { t } = useWords();
  return (
    <Badge testId="badge-outcome" {...outcomes[outcome]}>
      {t(`details.outcome.${outcome}`)}
    </Badge>
  );
}
