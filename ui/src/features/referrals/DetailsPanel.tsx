import { Button, Skeleton, SkeletonItem, Tab, TabList, Tooltip } from "@fluentui/react-components";
import { Dismiss20Regular } from "@fluentui/react-icons/svg/dismiss";
import { Open20Regular } from "@fluentui/react-icons/svg/open";
import { useEffect, useRef, useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useReferral } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { useCommand } from "../../components/notices";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { ExpiryBadge, KindBadge, LinkBadge, StatusBadge } from "./badges";
import { Contacts } from "./Contacts";
import styles from "./Details.module.css";
import { History } from "./History";
import { RawData } from "./RawData";
import { Summary } from "./Summary";

const panes = { summary: Summary, contacts: Contacts, history: History, raw: RawData };
type PaneId = keyof typeof panes;

/** `entered` grows each time the keyboard asks to go into the panel. */
type Props = { id: string; entered: number; onClose: () => void };

export function DetailsPanel({ id, entered, onClose }: Props) {
  const { t } = useWords();
  const referral = useReferral(id);
  const [pane, setPane] = useState<PaneId>("summary");
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (entered > 0) closeButton.current?.focus();
  }, [entered]);

  return (
    <aside
      className={styles.panel}
      aria-label={t("details.label")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClose();
      }}
    >
      <Button
        ref={closeButton}
        className={styles.close}
        appearance="subtle"
        icon={<Dismiss20Regular />}
        aria-label={t("details.close")}
        onClick={onClose}
      />
      {referral.data ? (
        <Loaded referral={referral.data} chosen={pane} onChoose={setPane} />
      ) : referral.isError ? (
        <Failure
          title={t("details.failed_title")}
          error={referral.error}
          onRetry={() => {
            void referral.refetch();
          }}
        />
      ) : (
        <Skeleton className={styles.skeleton} aria-busy="true">
          <SkeletonItem size={24} />
          <SkeletonItem size={16} />
          <SkeletonItem size={128} />
          <SkeletonItem size={64} />
        </Skeleton>
      )}
    </aside>
  );
}

type LoadedProps = { referral: ReferralDetails; chosen: PaneId; onChoose: (pane: PaneId) => void };

function Loaded({ referral, chosen, onChoose }: LoadedProps) {
  const { t } = useWords();
  const command = useCommand();
  const now = useNow(30_000);
  const ids = (Object.keys(panes) as PaneId[]).filter((id) => id !== "history" || referral.history.length > 0);
  const current = ids.includes(chosen) ? chosen : "summary";
  const Pane = panes[current];

  return (
    <>
      <header className={styles.head}>
        <h2 className={styles.name}>{referral.customer_name ?? t("referrals.unnamed")}</h2>
        {referral.name && <p className={styles.subtitle}>{referral.name}</p>}
        <div className={styles.badges}>
          <KindBadge kind={referral.kind} />
          <StatusBadge item={referral} />
          <ExpiryBadge item={referral} now={now} />
          <LinkBadge status={referral.link_status} />
        </div>
        <Tooltip content={t("details.open_hint")} relationship="description">
          <Button
            icon={<Open20Regular />}
            onClick={() => void command("open_in_partner_center", { id: referral.referral_id })}
          >
            {t("details.open")}
          </Button>
        </Tooltip>
      </header>
      <TabList
        className={styles.tabs}
        aria-label={t("details.tabs")}
        size="small"
        selectedValue={current}
        onTabSelect={(_, { value }) => onChoose(value as PaneId)}
      >
        {ids.map((id) => (
          <Tab key={id} id={`details-tab-${id}`} value={id} aria-controls="details-pane">
            {t(`details.pane.${id}`)}
          </Tab>
        ))}
      </TabList>
      <div id="details-pane" className={styles.pane} role="tabpanel" aria-labelledby={`details-tab-${current}`}>
        <Pane referral={referral} />
      </div>
    </>
  );
}
