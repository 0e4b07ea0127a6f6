import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  useRestoreFocusTarget,
} from "@fluentui/react-components";
import { Beaker16Regular } from "@fluentui/react-icons/headless/svg/beaker";
import { Dismiss20Regular } from "@fluentui/react-icons/headless/svg/dismiss";
import { useState } from "react";
import { useSettings, useSnapshot } from "../../api/hooks";
import { errorWords } from "../../components/errors";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { useTurnOn } from "../checklist/enabling";
import { lockWords } from "../settings/words";
import styles from "./Frame.module.css";
import { isSignedOut, isSwitchedOff } from "./syncWords";

/** What the user must know about all that is shown below, and what to do about it. */
export function Bars() {
  const snapshot = useSnapshot();
  const { profile, sync } = snapshot;
  if (profile.kind === "none") return null;
  return (
    <div className={styles.bars}>
      {profile.kind === "sample" && <SampleRibbon />}
      {isSwitchedOff(snapshot) ? (
        <SwitchedOff />
      ) : isSignedOut(snapshot) ? (
        <SignedOut />
      ) : (
        sync.problem && !sync.running && <Problem />
      )}
      <Recovered />
      <Warnings warnings={snapshot.warnings} />
    </div>
  );
}

function SampleRibbon() {
  const { t } = useWords();
  const command = useCommand();
  return (
    <section className={styles.ribbon} aria-label={t("bars.sample")}>
      <Beaker16Regular aria-hidden="true" />
      <strong>{t("bars.sample")}</strong>
      <span className={styles.ribbonText}>{t("bars.sample_text")}</span>
      <Button size="small" onClick={() => void command("leave_sample_data", {})}>
        {t("account.leave_sample")}
      </Button>
    </section>
  );
}

type BarProps = { intent: "info" | "warning" | "error"; title: string; text: string; action: React.ReactNode };

function Bar({ intent, title, text, action }: BarProps) {
  return (
    <MessageBar intent={intent}>
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {text}
      </MessageBarBody>
      {action && <MessageBarActions>{action}</MessageBarActions>}
    </MessageBar>
  );
}

function SignedOut() {
  const { t } = useWords();
  const { sync, needs_sign_in } = useSnapshot();
  const command = useCommand();
  const cause = needs_sign_in && sync.problem ? errorWords(sync.problem, t).message : null;
  return (
    <Bar
      intent="warning"
      title={t("bars.signed_out_title")}
      text={cause ?? t("bars.signed_out_text")}
      action={
        <Button size="small" onClick={() => void command("sign_in", {})}>
          {t("sign_in.button")}
        </Button>
      }
    />
  );
}

function SwitchedOff() {
  const { t } = useWords();
  const { enabled_locked } = useSnapshot();
  const turnOn = useTurnOn();
  const restoreFocus = useRestoreFocusTarget();
  const flag = useSettings().data?.find(({ key }) => key === "partner_center.enabled");
  const lock = flag && lockWords(flag, t);
  return (
    <Bar
      intent="info"
      title={t("bars.off_title")}
      text={lock ? `${lock}.` : t("bars.off_text")}
      action={
        !enabled_locked && (
          <Button size="small" onClick={turnOn} {...restoreFocus}>
            {t("bars.turn_on")}
          </Button>
        )
      }
    />
  );
}

function Problem() {
  const { t } = useWords();
  const { sync } = useSnapshot();
  const command = useCommand();
  if (!sync.problem) return null;
  const { message, hint } = errorWords(sync.problem, t);
  const later = sync.problem.retry === "later" ? t("common.try_later") : null;
  return (
    <Bar
      intent={sync.problem.retry === "never" ? "error" : "warning"}
      title={t("sync.problem_title")}
      text={[message, hint ?? later].filter(Boolean).join(" ")}
      action={
        <Button size="small" onClick={() => void command("sync_now", {})}>
          {t("common.retry")}
        </Button>
      }
    />
  );
}

/** A database that was damaged is told until the person has taken note. */
function Recovered() {
  const { t } = useWords();
  const { recovered } = useSnapshot();
  const command = useCommand();
  if (!recovered) return null;
  return (
    <Bar
      intent="warning"
      title={t("bars.recovered_title")}
      text={recovered}
      action={
        <Button size="small" onClick={() => void command("dismiss_recovery", {})}>
          {t("common.dismiss")}
        </Button>
      }
    />
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  const { t } = useWords();
  const [read, setRead] = useState<string[]>([]);
  return warnings
    .filter((warning) => !read.includes(warning))
    .map((warning) => (
      <MessageBar intent="warning" key={warning}>
        <MessageBarBody>{warning}</MessageBarBody>
        <MessageBarActions
          containerAction={
            <Button
              appearance="transparent"
              icon={<Dismiss20Regular />}
              aria-label={t("common.dismiss")}
              onClick={() => setRead([...read, warning])}
            />
          }
        />
      </MessageBar>
    ));
}
