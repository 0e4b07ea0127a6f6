import { Switch, Tab, TabList } from "@fluentui/react-components";
import { History48Regular } from "@fluentui/react-icons/headless/svg/history";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef } from "react";
import type { RunView } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useNow, useStored, useWidth } from "../../components/hooks";
import { PanelSkeleton } from "../../components/SidePanel";
import { Failure, Placeholder } from "../../components/states";
import { type GridColumn, VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { amountOfData, count, dayAndTime, sinceWords, timeTaken } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import styles from "./Activity.module.css";
import { RunBadge } from "./badges";
import { RunPanel } from "./RunPanel";
import { useRuns } from "./runs";
import { countWords, modeWords } from "./words";

const Figures = lazy(() => import("./Figures"));
const isFlag = (stored: unknown): stored is boolean => typeof stored === "boolean";
const runId = ({ summary }: RunView) => summary.run_id;
/** When, what and with which result: shown however narrow the list is. */
const ALWAYS_SHOWN = 3;

const TABS = ["runs", "figures"] as const;
type TabId = (typeof TABS)[number];
const isTab = (stored: unknown): stored is TabId => TABS.some((tab) => tab === stored);

/** What each sync did, and what the referrals add up to. */
export function ActivityView() {
  const { t } = useWords();
  const [tab, setTab] = useStored<TabId>("activity.tab", "runs", isTab);
  const { id, open, wantsFocus, close: closePanel } = useSelections().run;
  const list = useRef<HTMLElement>(null);
  const close = () => {
    closePanel();
    list.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  };
  useEffect(() => {
    if (wantsFocus) setTab("runs");
  }, [wantsFocus, setTab]);

  return (
    <div className={styles.view}>
      <section ref={list} className={styles.list} aria-label={t("activity.title")}>
        <header className={styles.toolbar}>
          <h1 className={styles.title}>{t("activity.title")}</h1>
          <TabList
            aria-label={t("insights.tabs")}
            size="small"
            selectedValue={tab}
            onTabSelect={(_, { value }) => setTab(value as TabId)}
          >
            {TABS.map((one) => (
              <Tab key={one} id={`activity-tab-${one}`} value={one} aria-controls="activity-pane">
                {t(`insights.tab.${one}`)}
              </Tab>
            ))}
          </TabList>
        </header>
        {tab === "runs" ? (
          <Runs onClose={close} />
        ) : (
          <div id="activity-pane" className={styles.figures} role="tabpanel" aria-labelledby="activity-tab-figures">
            <Suspense fallback={<PanelSkeleton />}>
              <Figures />
            </Suspense>
          </div>
        )}
      </section>
      {tab === "runs" && open && id !== null && <RunPanel key={id} id={id} onClose={close} />}
    </div>
  );
}

/** Every sync on record, newest first. */
function Runs({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const [onlyChanging, setOnlyChanging] = useStored("activity.only_changing", false, isFlag);
  const { sync } = useSnapshot();
  const runs = useRuns(onlyChanging);
  const [gridBox, width] = useWidth<HTMLDivElement>();
  const columns = fitting(useColumns(), width);
  const { id, select, show } = useSelections().run;
  const selectRow = useCallback(({ summary }: RunView) => select(summary.run_id), [select]);
  const openRow = useCallback(({ summary }: RunView, by: "pointer" | "keyboard") => show(summary.run_id, by), [show]);

  return (
    <>
      <div className={styles.runsBar}>
        <span className={styles.shown} role="status">
          {runs.total !== undefined && t("activity.shown", { count: runs.total })}
        </span>
        <Switch
          className={styles.only}
          label={t("activity.only_changing")}
          checked={onlyChanging}
          onChange={(_, { checked }) => setOnlyChanging(checked)}
        />
      </div>
      <div
        ref={gridBox}
        id="activity-pane"
        className={styles.gridBox}
        role="tabpanel"
        aria-labelledby="activity-tab-runs"
      >
        {runs.error && runs.total === undefined ? (
          <Failure title={t("activity.failed_title")} error={runs.error} onRetry={runs.retry} />
        ) : (
          <VirtualGrid
            label={t("activity.title")}
            columns={columns}
            rowCount={runs.total}
            rowAt={runs.rowAt}
            rowId={runId}
            indexOf={runs.indexOf}
            onRange={runs.onRange}
            stale={runs.stale}
            loadingLabel={t("referrals.loading_row")}
            selectedId={id}
            onSelect={selectRow}
            onOpen={openRow}
            onClose={onClose}
            resetKey={String(runs.shown)}
          />
        )}
        {runs.total === 0 && (
          <div className={styles.overlay}>
            {runs.shown && sync.last ? (
              <Placeholder icon={<History48Regular />} title={t("activity.none_changed")} />
            ) : (
              <Placeholder
                icon={<History48Regular />}
                title={t("activity.empty_title")}
                text={t("activity.empty_text")}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

/** As many of the columns, from the left, as the list has room for. */
function fitting<Row>(columns: Array<GridColumn<Row>>, width = Number.POSITIVE_INFINITY): Array<GridColumn<Row>> {
  let taken = 0;
  return columns.filter((column, place) => {
    taken += column.width;
    return place < ALWAYS_SHOWN || taken <= width;
  });
}

function useColumns(): Array<GridColumn<RunView>> {
  const { t, locale } = useWords();
  const now = useNow(30_000);
  return useMemo(
    () => [
      {
        id: "when",
        label: t("activity.column.when"),
        width: 160,
        render: ({ summary }) => (
          <TwoLines first={sinceWords(summary.started_at, now, t)} second={dayAndTime(summary.started_at, locale)} />
        ),
      },
      {
        id: "what",
        label: t("activity.column.what"),
        width: 200,
        grows: true,
        render: ({ summary, problem }) => {
          const [first = "", second] = [countWords(summary, t), problem?.message].filter((words) => words != null);
          return <TwoLines first={first} second={second} />;
        },
      },
      {
        id: "status",
        label: t("activity.column.status"),
        width: 148,
        render: ({ summary }) => <RunBadge status={summary.status} />,
      },
      {
        id: "mode",
        label: t("activity.column.mode"),
        width: 124,
        render: ({ summary }) =>
          summary.status === "skipped" ? null : <span className={styles.text}>{modeWords(summary.mode, t)}</span>,
      },
      {
        id: "duration",
        label: t("activity.column.duration"),
        width: 112,
        align: "end",
        render: ({ summary }) => <span className={styles.text}>{timeTaken(summary.duration_ms, locale)}</span>,
      },
      {
        id: "pages",
        label: t("activity.column.pages"),
        width: 76,
        align: "end",
        render: ({ summary }) => count(summary.pages, locale),
      },
      {
        id: "bytes",
        label: t("activity.column.bytes"),
        width: 88,
        align: "end",
        render: ({ summary }) => <span className={styles.text}>{amountOfData(summary.bytes, locale)}</span>,
      },
    ],
    [t, locale, now],
  );
}

function TwoLines({ first, second }: { first: string; second?: string | undefined }) {
  return (
    <div className={styles.lines} title={[first, second].filter(Boolean).join("\n")}>
      <div className={styles.first}>{first}</div>
      {second && <div className={styles.second}>{second}</div>}
    </div>
  );
}
