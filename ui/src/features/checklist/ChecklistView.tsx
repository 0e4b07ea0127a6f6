import { Button, Skeleton, SkeletonItem, useRestoreFocusTarget } from "@fluentui/react-components";
import { DocumentArrowDown20Regular } from "@fluentui/react-icons/headless/svg/document-arrow-down";
import { useState } from "react";
import type { Checklist } from "../../api/bindings";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { useRoute } from "../frame/route";
import { Announcements } from "./Announcements";
import styles from "./Checklist.module.css";
import { useChecklist } from "./checklist";
import { PhaseCard } from "./PhaseCard";
import { ReportDialog } from "./ReportDialog";
import { RunChecks } from "./RunChecks";
import { VerdictCard } from "./VerdictCard";

/** Whether sync may be turned on, what proves it, and what stands in the way. */
export function ChecklistView() {
  const { t } = useWords();
  const checklist = useChecklist();
  const [reporting, setReporting] = useState(false);
  const restoreFocus = useRestoreFocusTarget();
  return (
    <div className={styles.view}>
      <div className={styles.page}>
        <header className={styles.header}>
          <h1 className={styles.title}>{t("checklist.title")}</h1>
          {checklist.data && (
            <div className={styles.headerActions}>
              <Button icon={<DocumentArrowDown20Regular />} onClick={() => setReporting(true)} {...restoreFocus}>
                {t("checklist.export")}
              </Button>
              <RunChecks phase={null} running={checklist.data.running} />
            </div>
          )}
        </header>
        {checklist.data ? (
          <Sections checklist={checklist.data} />
        ) : checklist.isError ? (
          <Failure
            title={t("checklist.failed_title")}
            error={checklist.error}
            onRetry={() => {
              void checklist.refetch();
            }}
          />
        ) : (
          <Loading />
        )}
      </div>
      <ReportDialog open={reporting} onClose={() => setReporting(false)} />
    </div>
  );
}

function Sections({ checklist }: { checklist: Checklist }) {
  const { place } = useRoute();
  const [asked, setAsked] = useState(1);
  const askAgain = () => setAsked(asked + 1);
  return (
    <>
      <Announcements checklist={checklist} />
      <VerdictCard checklist={checklist} onShow={askAgain} />
      {checklist.phases.map((phase) => (
        <PhaseCard
          key={phase.id}
          phase={phase}
          checklist={checklist}
          wanted={phase.items.some(({ id }) => id === place) ? { id: place, asked } : null}
          onShow={askAgain}
        />
      ))}
    </>
  );
}

function Loading() {
  const { t } = useWords();
  return (
    <Skeleton className={styles.card} aria-busy="true" aria-label={t("referrals.loading_row")}>
      <SkeletonItem size={48} />
      <SkeletonItem size={24} />
      <SkeletonItem size={96} />
    </Skeleton>
  );
}
