import { Switch } from "@fluentui/react-components";
import { History48Regular } from "@fluentui/react-icons/svg/history";
import { useCallback, useMemo, useRef } from "react";
import type { Summary } from "../../api/bindings";
import { useNow, useStored } from "../../components/hooks";
import { Failure, Placeholder } from "../../components/states";
import { type GridColumn, VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { amountOfData, count, dayAndTime, sinceWords, timeTaken } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import styles from "./Activity.module.css";
import { RunBadge } from "./badges";
import { RunPanel } from "./RunPanel";
import { useChangingRuns, useRuns } from "./runs";
import { modeWords, runWords } from "./words";

const isFlag = (stored: unknown): stored is boolean => typeof stored === "boolean";
const runId = (run: Summary) => run.run_id;

/** What each sync did, newest first. */
export function ActivityView() {
  const { t } = useWords();
  const [onlyChanging, setOnlyChanging] = useStored("activity.only_changing", false, isFlag);
  const every = useRuns();
  const changing = useChangingRuns(onlyChanging);
  const runs = onlyChanging ? changing : every;
  const columns = useColumns();
  const { id, open, select, show, close: closePanel } = useSelections().run;
  const gridBox = useRef<HTMLDivElement>(null);
  const selectRow = useCallback((run: Summary) => select(run.run_id), [select]);
  const openRow = useCallback((run: Summary, by: "pointer" | "keyboard") => show(run.run_id, by), [show]);
  const close = () => {
    closePanel();
    gridBox.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  };

  return (
    <div className={styles.view}>
      <section className={styles.list} aria-label={t("activity.title")}>
        <header className={styles.toolbar}>
          <h1 className={styles.title}>{t("activity.title")}</h1>
          <span className={styles.shown} role="status">
            {every.count !== undefined && t("activity.shown", { count: every.count })}
          </span>
          <Switch
            className={styles.only}
            label={t("activity.only_changing")}
            checked={onlyChanging}
            onChange={(_, { checked }) => setOnlyChanging(checked)}
          />
        </header>
        <div className={styles.gridBox} ref={gridBox}>
          {runs.error && runs.count === undefined ? (
            <Failure title={t("activity.failed_title")} error={runs.error} onRetry={runs.retry} />
          ) : (
            <VirtualGrid
              label={t("activity.title")}
              columns={columns}
              rowCount={runs.count}
              rowAt={runs.rowAt}
              rowId={runId}
              indexOf={runs.indexOf}
              onRange={runs.onRange}
              stale={false}
              loadingLabel={t("referrals.loading_row")}
              selectedId={id}
              onSelect={selectRow}
              onOpen={openRow}
              onClose={close}
              resetKey={String(onlyChanging)}
            />
          )}
          {runs.count === 0 && (
            <div className={styles.overlay}>
              {onlyChanging && every.count !== 0 ? (
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

function useColumns(): Array<GridColumn<Summary>> {
  const { t, locale } = useWords();
  const now = useNow(30_000);
  return useMemo(
    () => [
      {
        id: "when",
        label: t("activity.column.when"),
        width: 180,
        render: (run) => (
          <div className={styles.when} title={dayAndTime(run.started_at, locale)}>
            <div className={styles.ago}>{sinceWords(run.started_at, now, t)}</div>
            <div className={styles.exact}>{dayAndTime(run.started_at, locale)}</div>
          </div>
        ),
      },
      {
        id: "what",
        label: t("activity.column.what"),
        width: 240,
        grows: true,
        render: (run) => (
          <span className={styles.text} title={runWords(run, t)}>
            {runWords(run, t)}
          </span>
        ),
      },
      {
        id: "status",
        label: t("activity.column.status"),
        width: 136,
        render: (run) => <RunBadge status={run.status} />,
      },
      {
        id: "mode",
        label: t("activity.column.mode"),
        width: 124,
        render: (run) =>
          run.status === "skipped" ? null : <span className={styles.text}>{modeWords(run.mode, t)}</span>,
      },
      {
        id: "duration",
        label: t("activity.column.duration"),
        width: 92,
        align: "end",
        render: (run) => <span className={styles.text}>{timeTaken(run.duration_ms, locale)}</span>,
      },
      {
        id: "pages",
        label: t("activity.column.pages"),
        width: 76,
        align: "end",
        render: (run) => count(run.pages, locale),
      },
      {
        id: "bytes",
        label: t("activity.column.bytes"),
        width: 88,
        align: "end",
        render: (run) => <span className={styles.text}>{amountOfData(run.bytes, locale)}</span>,
      },
    ],
    [t, locale, now],
  );
}
