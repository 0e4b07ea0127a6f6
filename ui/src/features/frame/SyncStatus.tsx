import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Spinner,
  Tooltip,
} from "@fluentui/react-components";
import { ArrowSync20Regular } from "@fluentui/react-icons/headless/svg/arrow-sync";
import { CheckmarkCircle16Regular } from "@fluentui/react-icons/headless/svg/checkmark-circle";
import { ChevronDown20Regular } from "@fluentui/react-icons/headless/svg/chevron-down";
import { Clock16Regular } from "@fluentui/react-icons/headless/svg/clock";
import { History20Regular } from "@fluentui/react-icons/headless/svg/history";
import { Pause16Regular, Pause20Regular } from "@fluentui/react-icons/headless/svg/pause";
import { Play20Regular } from "@fluentui/react-icons/headless/svg/play";
import { SubtractCircle16Regular } from "@fluentui/react-icons/headless/svg/subtract-circle";
import { Warning16Regular } from "@fluentui/react-icons/headless/svg/warning";
import { useSnapshot } from "../../api/hooks";
import { useCountdown } from "../../components/hooks";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import styles from "./Frame.module.css";
import { goTo } from "./route";
import { useSyncNow } from "./syncNow";
import { isSignedOut, isSwitchedOff, type SyncTone, syncWords } from "./syncWords";

const icons: Record<SyncTone, React.ReactNode> = {
  running: <Spinner size="extra-tiny" />,
  good: <CheckmarkCircle16Regular />,
  attention: <Warning16Regular />,
  waiting: <Clock16Regular />,
  paused: <Pause16Regular />,
  off: <SubtractCircle16Regular />,
};

export function SyncStatus() {
  const { t, locale } = useWords();
  const snapshot = useSnapshot();
  const { text, next, tone } = syncWords(snapshot, useCountdown(snapshot.sync.next_at), t, locale);
  const { running } = snapshot.sync;
  const title =
    running && running.fetched > 0
      ? t("sync.read", { count: running.fetched })
      : [text, next].filter(Boolean).join(" · ");
  return (
    <>
      <span className={styles.sync} data-tone={tone} title={title}>
        <span className={styles.syncIcon} aria-hidden="true">
          {icons[tone]}
        </span>
        <span className={styles.syncText}>
          <span>{text}</span>
          {next && <span>{` · ${next}`}</span>}
        </span>
      </span>
      <span role="status" className="visually-hidden">
        {running ? t("sync.running") : ""}
      </span>
    </>
  );
}

export function SyncNow() {
  const { t } = useWords();
  const snapshot = useSnapshot();
  const syncNow = useSyncNow();
  const { running } = snapshot.sync;
  const reason = isSwitchedOff(snapshot)
    ? t("sync.why_off")
    : isSignedOut(snapshot)
      ? t("sync.why_signed_out")
      : running
        ? t("sync.why_running")
        : null;
  const button = (
    <Button
      className={styles.syncNow}
      appearance="primary"
      icon={<ArrowSync20Regular />}
      disabledFocusable={reason !== null}
      onClick={() => {
        if (reason === null) syncNow();
      }}
    >
      {t("sync.now")}
    </Button>
  );
  return reason === null ? (
    button
  ) : (
    <Tooltip content={reason} relationship="description">
      {button}
    </Tooltip>
  );
}

/** What else there is to do about syncing. */
export function SyncMenu() {
  const { t } = useWords();
  const { paused } = useSnapshot().sync;
  const command = useCommand();
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content={t("sync.menu")} relationship="label">
          <Button className={styles.syncMenu} appearance="subtle" icon={<ChevronDown20Regular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem
            icon={paused ? <Play20Regular /> : <Pause20Regular />}
            onClick={() => void command("set_paused", { paused: !paused })}
          >
            {t(paused ? "sync.resume" : "sync.pause")}
          </MenuItem>
          <MenuItem icon={<History20Regular />} onClick={() => goTo("activity")}>
            {t("sync.show_activity")}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
