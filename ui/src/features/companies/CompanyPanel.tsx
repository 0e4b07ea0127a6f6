import { Button, Tooltip } from "@fluentui/react-components";
import { Merge20Regular } from "@fluentui/react-icons/headless/svg/merge";
import { useState } from "react";
import type { CompanyDetails } from "../../api/bindings";
import { PanelSkeleton, PanelTabs, panelStyles, SidePanel } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import { CompanyLinkBadge, ProviderBadge, SegmentBadge } from "./badges";
import styles from "./Companies.module.css";
import { CompanyReferrals } from "./CompanyReferrals";
import { companyName, useCompany } from "./companies";
import { MergeDialog } from "./MergeDialog";
import { Overview } from "./Overview";
import { ScoreHistory } from "./ScoreHistory";
import { SignalList } from "./SignalList";
import { ScanButton } from "./scanning";
import { UndoChange } from "./UndoChange";

const panes = { overview: Overview, signals: SignalList, referrals: CompanyReferrals, history: ScoreHistory };
type PaneId = keyof typeof panes;
const ids = Object.keys(panes) as PaneId[];

export function CompanyPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useWords();
  const { wantsFocus, focused } = useSelections().company;
  const company = useCompany(id);
  return (
    <SidePanel
      label={t("companies.panel.label")}
      closeLabel={t("details.close")}
      wantsFocus={wantsFocus}
      onFocused={focused}
      onClose={onClose}
    >
      {company.data ? (
        <Loaded company={company.data} />
      ) : company.isError ? (
        <Failure
          title={t("companies.panel.failed_title")}
          error={company.error}
          onRetry={() => {
            void company.refetch();
          }}
        />
      ) : (
        <PanelSkeleton />
      )}
    </SidePanel>
  );
}

function Loaded({ company }: { company: CompanyDetails }) {
  const { t } = useWords();
  const [current, setCurrent] = useState<PaneId>("overview");
  const [merging, setMerging] = useState(false);
  const { segment, provider, link, domain } = company;
  const name = companyName(company);
  const Pane = panes[current];
  return (
    <>
      <header className={panelStyles.head}>
        <h2 className={panelStyles.name}>{name}</h2>
        {name !== domain && <p className={panelStyles.subtitle}>{domain}</p>}
        <div className={panelStyles.badges}>
          {segment && <SegmentBadge segment={segment} />}
          {provider && <ProviderBadge provider={provider} />}
          <CompanyLinkBadge link={link} />
        </div>
        <div className={styles.actions}>
          <ScanButton
            label={t(company.scanned_at === null ? "companies.scan.one" : "companies.scan.again")}
            hint={t("companies.scan.one_hint")}
            ids={[company.company_id]}
          />
          <Tooltip content={t("companies.merge.hint")} relationship="description">
            <Button icon={<Merge20Regular />} onClick={() => setMerging(true)}>
              {t("companies.merge.button")}
            </Button>
          </Tooltip>
          <UndoChange />
        </div>
      </header>
      <PanelTabs
        id="company"
        label={t("details.tabs")}
        tabs={ids.map((id) => ({ id, label: t(`companies.panel.pane.${id}`) }))}
        current={current}
        onChoose={setCurrent}
      >
        <Pane company={company} />
      </PanelTabs>
      {merging && <MergeDialog company={company} onClose={() => setMerging(false)} />}
    </>
  );
}
