import { useState } from "react";
import type { RunDetails, Summary } from "../../api/bindings";
import { Facts, PanelSkeleton, PanelTabs, panelStyles, SidePanel } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { amountOfData, count, dayAndTime, timeTaken } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import styles from "./Activity.module.css";
import { RunBadge } from "./badges";
import { FailedRequests } from "./FailedRequests";
import { RunItemList } from "./RunItemList";
import { useRun } from "./runs";
import { countWords, modeWords } from "./words";

type PaneId = "overview" | "items" | "requests";

/** One run: its account, what became of each referral, and what was refused. */
export function RunPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords();
  const { wantsFocus, focused } = useSelections().run;
  const run = useRun(id);
  return (
    <SidePanel
      label={t("run.label")}
      closeLabel={t("details.close")}
      wantsFocus={wantsFocus}
      onFocused={focused}
      onClose={onClose}
    >
      {run.data ? (
        <Loaded run={run.data} />
      ) : run.isError ? (
        <Failure title={t("run.failed_title")} error={run.error} onRetry={() => void run.refetch()} />
      ) : (
        <PanelSkeleton />
      )}
    </SidePanel>
  );
}

function Loaded({ run }: { run: RunDetails }) {
  const { t, locale } = useWords();
  const [chosen, setChosen] = useState<PaneId>("overview");
  const { summary, failed_requests } = run;
  const counts = countWords(summary, t);
  const tabs: Array<{ id: PaneId; label: string }> = [{ id: "overview", label: t("run.pane.overview") }];
  if (run.items.total > 0) tabs.push({ id: "items", label: t("run.pane.items") });
  if (failed_requests.length > 0) tabs.push({ id: "requests", label: t("run.pane.requests") });
  const current = tabs.some((tab) => tab.id === chosen) ? chosen : "overview";
  return (
    <>
      <header className={panelStyles.head}>
        <h2 className={panelStyles.name}>{dayAndTime(summary.started_at, locale)}</h2>
        {counts && <p className={panelStyles.subtitle}>{counts}</p>}
        <div className={panelStyles.badges}>
          <RunBadge status={summary.status} />
        </div>
      </header>
      <PanelTabs id="run" label={t("details.tabs")} tabs={tabs} current={current} onChoose={setChosen}>
        {current === "overview" && <Overview run={run} />}
        {current === "items" && <RunItemList run={summary} />}
        {current === "requests" && <FailedRequests requests={failed_requests} />}
      </PanelTabs>
    </>
  );
}

function Overview({ run: { summary, problem } }: { run: RunDetails }) {
  const { t, locale } = useWords();
  return (
    <>
      {problem && (
        <section className={panelStyles.group}>
          <h3 className={panelStyles.groupTitle}>{t("run.reason")}</h3>
          <p className={styles.prose}>{problem.message}</p>
          {problem.hint && <p className={styles.hint}>{problem.hint}</p>}
        </section>
      )}
      <Account run={summary} />
      <Facts
        title={t("run.section_run")}
        facts={[
          [t("activity.column.mode"), summary.status !== "skipped" && modeWords(summary.mode, t)],
          [t("run.started"), dayAndTime(summary.started_at, locale)],
          [t("run.finished"), dayAndTime(summary.finished_at, locale)],
          [t("activity.column.duration"), timeTaken(summary.duration_ms, locale)],
          [t("activity.column.pages"), count(summary.pages, locale)],
          [t("activity.column.bytes"), amountOfData(summary.bytes, locale)],
          [t("run.unlinked"), count(summary.unlinked, locale)],
          [t("referrals.gone"), count(summary.gone, locale)],
          [t("run.id"), summary.run_id, "copy"],
        ]}
      />
    </>
  );
}

/** Nothing that was fetched is left without an answer, and this is the sum that shows it. */
function Account({ run }: { run: Summary }) {
  const { t, locale } = useWords();
  const parts = [
    ["inserted", run.inserted],
    ["updated", run.updated],
    ["unchanged", run.unchanged],
    ["skipped", run.skipped_count],
    ["failed", run.failure_count],
  ] as const;
  return (
    <section className={panelStyles.group} aria-label={t("run.section_account")}>
      <h3 className={panelStyles.groupTitle}>{t("run.section_account")}</h3>
      <dl className={styles.sum}>
        {parts.map(([part, amount]) => (
          <div key={part}>
            <dt>{t(`run.part.${part}`)}</dt>
            <dd>{count(amount, locale)}</dd>
          </div>
        ))}
        <div className={styles.total}>
          <dt>{t("run.part.fetched")}</dt>
          <dd>{count(run.fetched, locale)}</dd>
        </div>
      </dl>
    </section>
  );
}
