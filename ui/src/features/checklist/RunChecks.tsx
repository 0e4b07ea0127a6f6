import { Button, Spinner, Tooltip } from "@fluentui/react-components";
import { Play16Regular, Play20Regular } from "@fluentui/react-icons/headless/svg/play";
import type { Phase } from "../../api/bindings";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";

type Props = {
  /** The section whose checks are run; null for all. */
  phase: Phase | null;
  running: string | null;
};

/** Starts checks; keeps the focus while they run, and says why it cannot start any. */
export function RunChecks({ phase, running }: Props) {
  const { t } = useWords();
  const command = useCommand();
  const reason =
    running !== null
      ? t("checklist.why_running")
      : phase?.status === "waiting"
        ? t("checklist.why_waiting", { count: phase.waits_for.length })
        : null;
  return (
    <Tooltip
      content={reason ?? t(phase ? "checklist.run_phase_hint" : "checklist.run_all_hint")}
      relationship="description"
    >
      <Button
        className={styles.run}
        appearance={phase ? "subtle" : "primary"}
        size={phase ? "small" : "medium"}
        icon={<RunIcon whole={phase === null} running={running !== null} />}
        aria-label={phase ? t("checklist.run_phase_label", { section: phase.title }) : undefined}
        disabledFocusable={reason !== null}
        onClick={() => {
          if (reason === null) void command("run_checklist", { phase: phase?.id ?? null });
        }}
      >
        {t(phase ? "checklist.run_phase" : "checklist.run_all")}
      </Button>
    </Tooltip>
  );
}

function RunIcon({ whole, running }: { whole: boolean; running: boolean }) {
  if (!whole) return <Play16Regular />;
  return running ? <Spinner size="extra-tiny" aria-hidden="true" /> : <Play20Regular />;
}
