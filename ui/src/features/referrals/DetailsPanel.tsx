import { Button, ToggleButton, Tooltip } from "@fluentui/react-components";
import { Open20Regular } from "@fluentui/react-icons/headless/svg/open";
import { Star20Filled, Star20Regular } from "@fluentui/react-icons/headless/svg/star";
import { useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useReferral } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { useCommand } from "../../components/notices";
import { PanelSkeleton, PanelTabs, panelStyles, SidePanel } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import { ExpiryBadge, KindBadge, LinkBadge, PriorityBadge, StatusBadge } from "./badges";
import { ContactBadge } from "./ContactBadge";
import { Contacts } from "./Contacts";
import styles from "./Details.module.css";
import { Engagement } from "./Engagement";
import { History } from "./History";
import { RawData } from "./RawData";
import { Summary } from "./Summary";
import { WhyPriority } from "./WhyPriority";

const panes = { summary: Summary, contacts: Contacts, engagement: Engagement, history: History, raw: RawData };
type PaneId = keyof typeof panes;

/** Whether a pane has anything to show. */
const isTelling = (pane: PaneId, { history, related, of_company }: ReferralDetails): boolean =>
  pane === "history" ? history.length > 0 : pane === "engagement" ? related > 1 || of_company > 1 : true;

export function DetailsPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords();
  const { wantsFocus, focused } = useSelections().referral;
  const referral = useReferral(id);
  const [pane, setPane] = useState<PaneId>("summary");
  return (
    <SidePanel
      label={t("details.label")}
      closeLabel={t("details.close")}
      wantsFocus={wantsFocus}
      onFocused={focused}
      onClose={onClose}
    >
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
        <PanelSkeleton />
      )}
    </SidePanel>
  );
}

type LoadedProps = { referral: ReferralDetails; chosen: PaneId; onChoose: (pane: PaneId) => void };

function Loaded({ referral, chosen, onChoose }: LoadedProps) {
  const { t } = useWords();
  const command = useCommand();
  const now = useNow(30_000);
  const ids = (Object.keys(panes) as PaneId[]).filter((id) => isTelling(id, referral));
  const current = ids.includes(chosen) ? chosen : "summary";
  const Pane = panes[current];

  return (
    <>
      <header className={panelStyles.head}>
        <h2 className={panelStyles.name}>{referral.customer_name ?? t("referrals.unnamed")}</h2>
        {referral.name && <p className={panelStyles.subtitle}>{referral.name}</p>}
        <div className={panelStyles.badges}>
          <KindBadge kind={referral.kind} />
          <StatusBadge item={referral} />
          <ExpiryBadge item={referral} now={now} />
          <ContactBadge until={referral.contact_until} />
          <LinkBadge status={referral.link_status} />
          <PriorityBadge priority={referral.priority} />
          <WhyPriority referral={referral} />
        </div>
        <div className={styles.actions}>
          <Tooltip content={t("details.open_hint")} relationship="description">
            <Button
              icon={<Open20Regular />}
              onClick={() => void command("open_in_partner_center", { id: referral.referral_id })}
            >
              {t("details.open")}
            </Button>
          </Tooltip>
          <Star referral={referral} />
        </div>
      </header>
      <PanelTabs
        id="details"
        label={t("details.tabs")}
        tabs={ids.map((id) => ({ id, label: t(`details.pane.${id}`) }))}
        current={current}
        onChoose={onChoose}
      >
        <Pane key={referral.referral_id} referral={referral} />
      </PanelTabs>
    </>
  );
}

function Star({ referral: { referral_id, starred } }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const command = useCommand();
  return (
    <Tooltip content={t(starred ? "details.unstar" : "details.star")} relationship="inaccessible">
      <ToggleButton
        checked={starred}
        aria-label={t("details.star")}
        icon={starred ? <Star20Filled className={styles.starred} /> : <Star20Regular />}
        onClick={() => void command("set_star", { ids: [referral_id], starred: !starred })}
      />
    </Tooltip>
  );
}
