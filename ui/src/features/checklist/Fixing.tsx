import { Button, useRestoreFocusTarget } from "@fluentui/react-components";
import { ArrowSync16Regular } from "@fluentui/react-icons/headless/svg/arrow-sync";
import { ArrowUndo16Regular } from "@fluentui/react-icons/headless/svg/arrow-undo";
import { Lightbulb16Regular } from "@fluentui/react-icons/headless/svg/lightbulb";
import { PersonArrowRight16Regular } from "@fluentui/react-icons/headless/svg/person-arrow-right";
import { Power20Regular } from "@fluentui/react-icons/headless/svg/power";
import { Save16Regular } from "@fluentui/react-icons/headless/svg/save";
import { Settings16Regular } from "@fluentui/react-icons/headless/svg/settings";
import { useState } from "react";
import type { ChecklistItem, Fix, FixAction, RollBack } from "../../api/bindings";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { goTo } from "../frame/route";
import styles from "./Checklist.module.css";
import { useTurnOn } from "./enabling";
import { RollBackDialog } from "./RollBackDialog";

/** What to do about an item, and the button that does it where there is one. */
export function Fixing({ fix, how, running }: { fix: Fix; how: ChecklistItem["how"]; running: boolean }) {
  return (
    <div className={styles.fix}>
      <p className={styles.hint}>
        {how === "action" ? <ArrowUndo16Regular aria-hidden="true" /> : <Lightbulb16Regular aria-hidden="true" />}
        <span>{fix.hint}</span>
      </p>
      {fix.action && <FixButton action={fix.action} disabled={running} />}
    </div>
  );
}

function FixButton({ action, disabled }: { action: FixAction; disabled: boolean }) {
  const { t } = useWords();
  const command = useCommand();
  const turnOn = useTurnOn();
  const common = { size: "small", disabledFocusable: disabled, ...useRestoreFocusTarget() } as const;
  switch (action.kind) {
    case "setting":
      return (
        <Button {...common} icon={<Settings16Regular />} onClick={() => goTo("settings", action.key)}>
          {t("checklist.fix.setting")}
        </Button>
      );
    case "sign_in":
      return (
        <Button {...common} icon={<PersonArrowRight16Regular />} onClick={() => void command("sign_in", {})}>
          {t("checklist.fix.sign_in")}
        </Button>
      );
    case "enable":
      return (
        <Button {...common} icon={<Power20Regular />} onClick={turnOn}>
          {t("checklist.fix.enable")}
        </Button>
      );
    case "sync":
      return (
        <Button {...common} icon={<ArrowSync16Regular />} onClick={() => void command("sync_now", {})}>
          {t("checklist.fix.sync")}
        </Button>
      );
    case "back_up":
      return (
        <Button {...common} icon={<Save16Regular />} onClick={() => goTo("settings", "data")}>
          {t("checklist.fix.back_up")}
        </Button>
      );
    case "roll_back":
      return <RollBackButton to={action.to} disabled={disabled} />;
  }
}

function RollBackButton({ to, disabled }: { to: RollBack; disabled: boolean }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const restoreFocus = useRestoreFocusTarget();
  return (
    <>
      <Button
        size="small"
        icon={<ArrowUndo16Regular />}
        disabledFocusable={disabled}
        onClick={() => setAsking(true)}
        {...restoreFocus}
      >
        {t(`checklist.roll_back.${to}.button`)}…
      </Button>
      <RollBackDialog to={to} open={asking} onClose={() => setAsking(false)} />
    </>
  );
}
