import { Switch } from "@fluentui/react-components";
import { History48Regular } from "@fluentui/react-icons/svg/history";
import { useCallback, useMemo, useRef } from "react";
import type { RunView } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useNow, useStored, useWidth } from "../../components/hooks";
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

const isFlag = (stored: unknown): stored is boolean => typeof stored === "boolean";
const runId = ({ summary }: RunView) => summary.run_id;
/** When, what and with which result: shown however narrow the list is. */
const ALWAYS_SHOWN = 3;

/** What each sync did, newest first. */
export function ActivityView() {
  const { t } = useWords();
  const [onlyChanging, setOnlyChanging] = useStored("activity.only_changing", false, isFlag);
  const { sync } = useSnapshot();
  const runs = useRuns(onlyChanging);
  const [list, width] = useWidth<HTMLElement>();
  const columns = fitting(useColumns(), width);
  const { id, open, select, show, close: closePanel } = useSelections().run;
  const gridBox = useRef<HTMLDivElement>(null);
  const selectRow = useCallback(({ summary }: RunView) => select(summary.run_id), [select]);
  const openRow = useCallback(({ summary }: RunView, by: "pointer" | "keyboard") => show(summary.run_id, by), [show]);
  const close = () => {
    closePanel();
    gridBox.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  };

  return (
    <div className={styles.view}>
      <section ref={list} className={styles.list} aria-label={t("activity.title")}>
        <header className={styles.toolbar}>
          <h1 className={styles.title}>{t("activity.title")}</h1>
          <span className={styles.shown} role="status">
            {runs.total !== undefined && t("activity.shown", { count: runs.total })}
          </span>
          <Switch
            className={styles.only}
            label={t("activity.only_changing")}
            checked={onlyChanging}
            onChange={(_, { checked }) => setOnlyChanging(checked)}
          />
        </header>
        <div className={styles.gridBox} ref={gridBox}>
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
              onClose={close}
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
      </section>
      {open && id !== null && <RunPanel key={id} id={id} onClose={close} />}
    </div>
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
        width: 128,
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
