import { Button, Tooltip } from "@fluentui/react-components";
import { Open20Regular } from "@fluentui/react-icons/svg/open";
import { useState } from "react";
import type { ReferralDetails } from "../../api/bindings";
import { useReferral } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { useCommand } from "../../components/notices";
import { PanelSkeleton, PanelTabs, panelStyles, SidePanel } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import { ExpiryBadge, KindBadge, LinkBadge, StatusBadge } from "./badges";
import { Contacts } from "./Contacts";
import { History } from "./History";
import { RawData } from "./RawData";
import { Summary } from "./Summary";

const panes = { summary: Summary, contacts: Contacts, history: History, raw: RawData };
type PaneId = keyof typeof panes;

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
  const ids = (Object.keys(panes) as PaneId[]).filter((id) => id !== "history" || referral.history.length > 0);
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
      <PanelTabs
        id="details"
        label={t("details.tabs")}
        tabs={ids.map((id) => ({ id, label: t(`details.pane.${id}`) }))}
        current={current}
        onChoose={onChoose}
      >
        <Pane referral={referral} />
      </PanelTabs>
    </>
  );
}
