import { Tab, TabList } from "@fluentui/react-components";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ReferralRow } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { Chips } from "../../components/Chips";
import { ColumnsMenu } from "../../components/ColumnsMenu";
import type { Columns } from "../../components/columnLayout";
import styles from "../../components/List.module.css";
import { Failure } from "../../components/states";
import { VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { count } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import { useColumns } from "./columns";
import { DetailsPanel } from "./DetailsPanel";
import { type Exporting, ExportMenu, ExportProgress, useExport } from "./exporting";
import { STATUS_TABS } from "./filter";
import { filterChips } from "./filterChips";
import { useFilterActions, useFilters } from "./filters";
import { SearchedWords } from "./Highlighted";
import { searchWords } from "./highlight";
import { useMarks } from "./marks";
import { NoRows } from "./NoRows";
import { usePlace } from "./place";
import { ReferralFilters } from "./ReferralFilters";
import { useRows } from "./rows";
import { SeenAfterAMoment } from "./SeenAfterAMoment";
import { SelectionBar } from "./SelectionBar";
import { Tiles } from "./Tiles";
import { ViewsMenu } from "./ViewsMenu";

const rowId = (item: ReferralRow) => item.referral_id;

export function ReferralsView() {
  const { t, locale } = useWords();
  const { query, sort } = useFilters();
  const { setFilter, toggleSort } = useFilterActions();
  const columns = useColumns();
  const rows = useRows(query);
  const selection = useSelections().referral;
  const { id, open, select, show, close: closePanel } = selection;
  const gridBox = useRef<HTMLDivElement>(null);

  const { sort: order, ...question } = rows.shown;
  const resetKey = JSON.stringify(question);
  const marks = useMarks(rows, resetKey, id);
  const { forgetAnchor } = marks;
  const exporting = useExport();
  const words = useMemo(() => searchWords(question.search ?? ""), [question.search]);

  const known = rows.total !== undefined;
  const [firstRow, setFirstRow] = useState<number | null>(null);
  const startRow = usePlace(selection, firstRow);
  const { onRange } = rows;
  const look = useCallback(
    (first: number, last: number) => {
      onRange(first, last);
      if (known) setFirstRow(first);
    },
    [onRange, known],
  );

  const selectRow = useCallback(
    (item: ReferralRow) => {
      forgetAnchor();
      select(item.referral_id);
    },
    [select, forgetAnchor],
  );
  const openRow = useCallback(
    (item: ReferralRow, by: "pointer" | "keyboard") => {
      forgetAnchor();
      show(item.referral_id, by);
    },
    [show, forgetAnchor],
  );
  const focusGrid = () => gridBox.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  const close = () => {
    closePanel();
    focusGrid();
  };
  const rowOf = (marked: string) => {
    const index = rows.indexOf(marked);
    return index === undefined ? undefined : rows.rowAt(index);
  };

  return (
    <div className={styles.view}>
      <div className={styles.main}>
        <Tiles ready={known} />
        <section className={styles.list} aria-label={t("referrals.title")}>
          {marks.ids.size > 0 ? (
            <SelectionBar
              marks={marks}
              total={rows.total ?? 0}
              starred={[...marks.ids].every((marked) => rowOf(marked)?.starred ?? true)}
              exporting={exporting}
              onClear={() => {
                marks.clear();
                focusGrid();
              }}
            />
          ) : (
            <Toolbar total={rows.total} columns={columns} exporting={exporting} />
          )}
          {/* Of the rows that are shown: a line of chips comes and goes with them, and the page is laid out once. */}
          <Chips chips={filterChips(question, t, locale)} onDrop={setFilter} />
          <ExportProgress />
          <div className={styles.gridBox} ref={gridBox}>
            {rows.error && rows.total === undefined ? (
              <Failure title={t("referrals.failed_title")} error={rows.error} onRetry={rows.retry} />
            ) : (
              <SearchedWords value={words}>
                <VirtualGrid
                  label={t("referrals.title")}
                  columns={columns.visible}
                  rowCount={rows.total}
                  rowAt={rows.rowAt}
                  rowId={rowId}
                  indexOf={rows.indexOf}
                  placeOf={rows.placeOf}
                  onRange={look}
                  stale={rows.stale}
                  sorting={{ sort, onSort: toggleSort }}
                  marking={{
                    ids: marks.ids,
                    all: marks.all,
                    allLabel:
                      rows.total !== undefined && rows.total > marks.most
                        ? t("selection.first_label", { count: marks.most })
                        : t("selection.all_label"),
                    rowLabel: (item) =>
                      t("selection.row_label", { name: item.customer_name ?? t("referrals.unnamed") }),
                    onToggle: (item, index) => marks.toggle(item.referral_id, index),
                    onExtend: marks.extend,
                    onToggleAll: marks.toggleAll,
                    onMarkAll: marks.markAll,
                    onClear: marks.clear,
                  }}
                  onResize={columns.resize}
                  headerHint={t("referrals.resize_hint")}
                  loadingLabel={t("referrals.loading_row")}
                  selectedId={id}
                  onSelect={selectRow}
                  onOpen={openRow}
                  onClose={close}
                  resetKey={resetKey}
                  orderKey={order ?? ""}
                  startRow={startRow}
                />
              </SearchedWords>
            )}
            {rows.total === 0 && (
              <div className={styles.overlay}>
                <NoRows />
              </div>
            )}
          </div>
        </section>
      </div>
      {open && id !== null && (
        <>
          <DetailsPanel id={id} onClose={close} />
          <SeenAfterAMoment id={id} />
        </>
      )}
    </div>
  );
}

type ToolbarProps = { total: number | undefined; columns: Columns<ReferralRow>; exporting: Exporting };

function Toolbar({ total, columns, exporting }: ToolbarProps) {
  const { t, locale } = useWords();
  const { counts } = useSnapshot();
  const { filter } = useFilters();
  const { setFilter } = useFilterActions();
  const countOf = { Open: counts.open, Closed: counts.closed, All: counts.all };
  return (
    <header className={styles.toolbar}>
      <h1 className={styles.title}>{t("referrals.title")}</h1>
      <div className={styles.tabs}>
        <TabList
          aria-label={t("referrals.tabs")}
          size="small"
          selectedValue={filter.status}
          onTabSelect={(_, { value }) => setFilter({ status: String(value) })}
        >
          {STATUS_TABS.map((tab) => (
            <Tab key={tab} value={tab}>
              {t(`referrals.tab.${tab}`)} <span className={styles.count}>{count(countOf[tab], locale)}</span>
            </Tab>
          ))}
        </TabList>
      </div>
      <span className={styles.shown} role="status">
        {total !== undefined && t("referrals.shown", { count: total })}
      </span>
      <ReferralFilters />
      <ViewsMenu />
      <ExportMenu label={t("export.button")} exporting={exporting} ids={null} />
      <ColumnsMenu columns={columns} />
    </header>
  );
}
