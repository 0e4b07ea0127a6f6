import { ArrowDown12Regular } from "@fluentui/react-icons/headless/svg/arrow-down";
import { ArrowUp12Regular } from "@fluentui/react-icons/headless/svg/arrow-up";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { ColumnResizer, MIN_COLUMN_WIDTH } from "./ColumnResizer";
import { useGridAnnouncements } from "./gridAnnouncements";
import { gridKeys } from "./gridKeys";
import { useLasting } from "./hooks";
import { isPressed } from "./strokes";
import styles from "./VirtualGrid.module.css";

const ROW_HEIGHT = 48;
const HEADER_HEIGHT = 36;
const SKELETON_ROWS = 12;
/** Milliseconds without rows until there are placeholders; drawing both would keep the rows waiting. */
const SKELETON_DELAY = 150;
/** Milliseconds until rows of an earlier question are shown as such: most answers are here before. */
const STALE_DELAY = 200;
const HEADER = -1;

export type SortDirection = "asc" | "desc";
export type Sort = { field: string; direction: SortDirection };

export type GridColumn<Row> = {
  id: string;
  label: string;
  width: number;
  /** Takes the room that is left, until its width is set by hand. */
  grows?: boolean;
  align?: "end";
  /** Set where the rows cannot be ordered by it. */
  unsorted?: true;
  render: (row: Row) => React.ReactNode;
};

/** Several rows at once, each with a checkbox in a first column. */
export type Marking<Row> = {
  ids: ReadonlySet<string>;
  all: boolean | "mixed";
  allLabel: string;
  rowLabel: (row: Row) => string;
  onToggle: (row: Row, index: number) => void;
  /** All rows up to this one; `from` is where the keyboard comes from. */
  onExtend: (to: number, from: number | null) => void;
  onToggleAll: () => void;
  onMarkAll: () => void;
  onClear: () => void;
};

type Props<Row> = {
  label: string;
  columns: ReadonlyArray<GridColumn<Row>>;
  /** Undefined while nothing is known yet: after a moment placeholders are shown. */
  rowCount: number | undefined;
  rowAt: (index: number) => Row | undefined;
  rowId: (row: Row) => string;
  /** Where a row is now, if it is among those that are loaded. */
  indexOf: (id: string) => number | undefined;
  /** Where a row is in the whole list, which may have to be asked; null if it is not in it. */
  placeOf?: (id: string) => Promise<number | null>;
  onRange: (first: number, last: number) => void;
  stale: boolean;
  /** Missing where the order is fixed; `sort` is null where no column orders the rows. */
  sorting?: { sort: Sort | null; onSort: (field: string) => void };
  marking?: Marking<Row>;
  onResize?: (column: string, width: number) => void;
  headerHint?: string;
  loadingLabel: string;
  selectedId: string | null;
  onSelect: (row: Row) => void;
  onOpen: (row: Row, by: "pointer" | "keyboard") => void;
  onClose: () => void;
  /** A new value means other rows: back to the top. */
  resetKey: string;
  /** A new value means another order of the same rows: back to the top, or along with the selected row if it was in view. */
  orderKey?: string | undefined;
  /** The row that is on top at first. */
  startRow?: number;
};

const MARKS_CELL = "[data-marks]";
const MARKS: GridColumn<unknown> = { id: "marks", label: "", width: 40, render: () => null };

/** A grid of any length: only the rows in view exist, and one cell of it takes part in the tab order. */
export function VirtualGrid<Row>(props: Props<Row>) {
  const { rowCount, rowAt, rowId, indexOf, onRange, selectedId, onSelect, resetKey, orderKey, sorting, onResize } =
    props;
  const { marking } = props;
  const marks = marking !== undefined;
  const columns = useMemo(() => (marks ? [MARKS, ...props.columns] : props.columns), [marks, props.columns]);
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Cell>({ row: 0, column: marks ? 1 : 0 });
  const wantsFocus = useRef(false);
  const wantsSelection = useRef(false);
  const hintId = useId();

  useGridAnnouncements(resetKey, rowCount, props.stale);

  const waitsLong = useLasting(rowCount === undefined, SKELETON_DELAY);
  const staysStale = useLasting(props.stale, STALE_DELAY);
  const count = rowCount ?? (waitsLong ? SKELETON_ROWS : 0);
  const activeRow = count === 0 ? HEADER : Math.min(active.row, count - 1);
  const activeColumn = Math.min(active.column, columns.length - 1);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 2,
    useFlushSync: false,
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        if (activeRow < 0 || shown.includes(activeRow)) return shown;
        return [...shown, activeRow].sort((a, b) => a - b);
      },
      [activeRow],
    ),
  });
  const items = virtualizer.getVirtualItems();
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;
  useEffect(() => onRange(first, last), [onRange, first, last]);

  // What the virtualizer knows is used here: asking the page would have it laid out once more.
  const rowsInView = Math.floor(((virtualizer.scrollRect?.height ?? 0) - HEADER_HEIGHT) / ROW_HEIGHT);
  const topAt = (row: number) => {
    const top = Math.max(0, row) * ROW_HEIGHT;
    if (virtualizer.scrollOffset !== top) scroller.current?.scrollTo({ top });
  };
  const start = useRef(props.startRow ?? 0);
  const asked = useRef({ resetKey, orderKey });
  const selectedInView = useRef(false);
  /** The selected row on its way to where a new order has put it, until somebody goes elsewhere. */
  const following = useRef<string | null>(null);
  const selectedIndex = selectedId === null ? undefined : indexOf(selectedId);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question starts at its top
  useLayoutEffect(() => {
    const before = asked.current;
    asked.current = { resetKey, orderKey };
    if (before.resetKey === resetKey && before.orderKey === orderKey) return;
    const isFollowed = selectedInView.current || (selectedId !== null && following.current === selectedId);
    const follows = before.resetKey === resetKey && isFollowed;
    following.current = follows && selectedIndex === undefined ? selectedId : null;
    const goAlong = (row: number) => {
      topAt(row < rowsInView ? 0 : row - Math.floor(rowsInView / 2));
      setActive((held) => ({ ...held, row: held.row === HEADER ? HEADER : row }));
    };
    goAlong((follows ? selectedIndex : undefined) ?? 0);
    const followed = following.current;
    if (followed === null) return;
    void props.placeOf?.(followed).then(
      (place) => {
        const isAsked = asked.current.orderKey === orderKey && asked.current.resetKey === resetKey;
        if (place === null || !isAsked || following.current !== followed) return;
        if (scroller.current?.scrollTop === 0) goAlong(place);
        else following.current = null;
      },
      () => undefined,
    );
  }, [resetKey, orderKey]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as there is something to scroll
  useLayoutEffect(() => {
    if (rowCount === undefined || start.current === 0) return;
    const row = clamp(start.current, 0, Math.max(0, rowCount - 1));
    start.current = 0;
    topAt(row);
    setActive((held) => ({ ...held, row }));
  }, [rowCount]);

  useLayoutEffect(() => {
    selectedInView.current = selectedIndex !== undefined && selectedIndex >= first && selectedIndex <= last;
    if (selectedInView.current || following.current !== selectedId) following.current = null;
  }, [selectedIndex, selectedId, first, last]);

  const rowInFocus = activeRow >= 0 ? rowAt(activeRow) : undefined;
  const idInFocus = rowInFocus && rowId(rowInFocus);
  const heldCell = useRef<{ row: number; id: string | undefined }>({ row: HEADER, id: undefined });

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-cell="${activeRow}:${activeColumn}"]`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: only new data can move a row; the active cell follows it
  useLayoutEffect(() => {
    const { row, id } = heldCell.current;
    // A key that moved the active cell in the meantime is not taken back.
    if (id === undefined || activeRow === HEADER || row !== activeRow || idInFocus === id) return;
    const moved = indexOf(id);
    if (moved === undefined) return;
    wantsFocus.current = scroller.current?.contains(document.activeElement) ?? false;
    setActive((held) => ({ ...held, row: moved }));
  }, [indexOf]);

  useLayoutEffect(() => {
    heldCell.current = { row: activeRow, id: idInFocus };
  }, [activeRow, idInFocus]);

  useEffect(() => {
    if (!wantsSelection.current || !rowInFocus) return;
    wantsSelection.current = false;
    onSelect(rowInFocus);
  }, [rowInFocus, onSelect]);

  const goTo = (row: number, column: number) => {
    const to = { row: clamp(row, HEADER, count - 1), column: clamp(column, 0, columns.length - 1) };
    following.current = null;
    wantsFocus.current = true;
    wantsSelection.current = to.row >= 0 && to.row !== activeRow;
    setActive(to);
  };

  const extendTo = (row: number) => {
    if (activeRow === HEADER || row < 0 || row >= count) return;
    goTo(row, activeColumn);
    wantsSelection.current = false;
    marking?.onExtend(row, activeRow);
  };

  const { onOpen } = props;
  const marker = useRef(marking);
  useLayoutEffect(() => {
    marker.current = marking;
  }, [marking]);
  const point = useCallback(
    (row: Row, index: number, by: Pointing, inMarks: boolean) => {
      following.current = null;
      wantsSelection.current = false;
      if (marker.current && by.shiftKey) {
        wantsFocus.current = true;
        setActive((held) => ({ ...held, row: index }));
        marker.current.onExtend(index, null);
      } else if (marker.current && (inMarks || by.ctrlKey || by.metaKey)) marker.current.onToggle(row, index);
      else onOpen(row, "pointer");
    },
    [onOpen],
  );

  const onKeyDown = (event: React.KeyboardEvent) => {
    const inHeader = activeRow === HEADER;
    const page = Math.max(1, rowsInView - 1);
    const column = columns[activeColumn];
    const is = (name: keyof typeof gridKeys) => isPressed(event, gridKeys[name]);
    const opens = is("open_row");
    if (opens && event.target instanceof Element && event.target.closest("button")) return;
    if (inHeader && column && column !== MARKS && (is("narrower") || is("wider"))) {
      onResize?.(column.id, Math.max(MIN_COLUMN_WIDTH, column.width + (is("narrower") ? -16 : 16)));
    } else if (marking && is("extend_below")) extendTo(activeRow + 1);
    else if (marking && is("extend_above")) extendTo(activeRow - 1);
    else if (marking && is("mark_all")) marking.onMarkAll();
    else if (is("row_below")) goTo(activeRow + 1, activeColumn);
    else if (is("row_above")) goTo(activeRow - 1, activeColumn);
    else if (is("cell_before")) goTo(activeRow, activeColumn - 1);
    else if (is("cell_after")) goTo(activeRow, activeColumn + 1);
    else if (is("first_row")) goTo(0, activeColumn);
    else if (is("last_row")) goTo(count - 1, activeColumn);
    else if (is("page_down")) goTo(Math.max(activeRow, 0) + page, activeColumn);
    else if (is("page_up")) goTo(Math.max(activeRow - page, 0), activeColumn);
    else if (is("close_details")) {
      if (marking && marking.ids.size > 0) marking.onClear();
      else props.onClose();
    } else if (inHeader && opens) {
      if (column === MARKS) marking?.onToggleAll();
      else if (column && !column.unsorted) sorting?.onSort(column.id);
    } else if (marking && is("mark")) {
      if (rowInFocus) marking.onToggle(rowInFocus, activeRow);
    } else if (opens) {
      if (rowInFocus) props.onOpen(rowInFocus, "keyboard");
    } else return;
    event.preventDefault();
  };

  const gridTemplateColumns = columns
    .map(({ width, grows }) => (grows ? `minmax(${width}px, 1fr)` : `${width}px`))
    .join(" ");

  const lengths = {
    "--header-height": `${HEADER_HEIGHT}px`,
    "--columns-width": `${columns.reduce((sum, { width }) => sum + width, 0)}px`,
  } as React.CSSProperties;

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={-1}
      aria-label={props.label}
      aria-rowcount={rowCount === undefined ? -1 : rowCount + 1}
      aria-colcount={columns.length}
      aria-multiselectable={marks || undefined}
      aria-busy={rowCount === undefined || props.stale}
      className={styles.scroller}
      style={lengths}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.header}>
        <div role="row" aria-rowindex={1} className={styles.headerRow} style={{ gridTemplateColumns }}>
          {columns.map((column, index) => {
            if (marking && column === MARKS) {
              return (
                <div
                  key={column.id}
                  role="columnheader"
                  data-cell={`${HEADER}:${index}`}
                  aria-colindex={index + 1}
                  aria-label={marking.allLabel}
                  tabIndex={activeRow === HEADER && index === activeColumn ? 0 : -1}
                  className={styles.headerCell}
                  onClick={() => {
                    setActive({ row: HEADER, column: index });
                    marking.onToggleAll();
                  }}
                >
                  <MarkBox checked={marking.all} label={marking.allLabel} />
                </div>
              );
            }
            const sortable = sorting !== undefined && !column.unsorted;
            const sorted = sorting?.sort?.field === column.id ? sorting.sort.direction : null;
            return (
              <div
                key={column.id}
                role="columnheader"
                data-cell={`${HEADER}:${index}`}
                data-sortable={sortable || undefined}
                data-align={column.align}
                aria-colindex={index + 1}
                aria-sort={
                  sortable ? (sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none") : undefined
                }
                aria-label={column.label}
                aria-describedby={props.headerHint && hintId}
                tabIndex={activeRow === HEADER && index === activeColumn ? 0 : -1}
                className={styles.headerCell}
                onClick={() => {
                  setActive({ row: HEADER, column: index });
                  if (sortable) sorting.onSort(column.id);
                }}
              >
                <span className={styles.headerLabel}>{column.label}</span>
                {sorted === "asc" && <ArrowUp12Regular aria-hidden="true" />}
                {sorted === "desc" && <ArrowDown12Regular aria-hidden="true" />}
                {onResize && (
                  <ColumnResizer className={styles.resizer} onResize={(width) => onResize(column.id, width)} />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <div
        role="rowgroup"
        className={styles.body}
        data-stale={staysStale || undefined}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rowCount === undefined ? undefined : rowAt(item.index);
          const id = row && rowId(row);
          const current = id !== undefined && id === selectedId;
          const marked = marking ? id !== undefined && marking.ids.has(id) : null;
          return (
            <GridRow
              key={item.index}
              index={item.index}
              top={item.start}
              row={row}
              columns={columns}
              template={gridTemplateColumns}
              current={current}
              marked={marked}
              markLabel={marking && row && marking.rowLabel(row)}
              selected={marking && marking.ids.size > 0 ? marked === true : current}
              activeColumn={item.index === activeRow ? activeColumn : null}
              loadingLabel={props.loadingLabel}
              onFocus={setActive}
              onPoint={point}
            />
          );
        })}
      </div>
      {props.headerHint && (
        <span id={hintId} hidden>
          {props.headerHint}
        </span>
      )}
    </div>
  );
}

type Cell = { row: number; column: number };
type Pointing = { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean };

type RowProps<Row> = {
  index: number;
  top: number;
  row: Row | undefined;
  columns: ReadonlyArray<GridColumn<Row>>;
  template: string;
  current: boolean;
  /** Null where rows are not marked. */
  marked: boolean | null;
  markLabel: string | undefined;
  selected: boolean;
  activeColumn: number | null;
  loadingLabel: string;
  onFocus: (cell: Cell) => void;
  onPoint: (row: Row, index: number, by: Pointing, inMarks: boolean) => void;
};

/** Remembered: scrolling renders only the rows that come into view. */
const GridRow = memo(function GridRow<Row>(props: RowProps<Row>) {
  const { index, top, row, columns, template, current, marked, markLabel, selected } = props;
  const { activeColumn, loadingLabel, onFocus, onPoint } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-current={current || undefined}
      className={styles.row}
      style={{ gridTemplateColumns: template, height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      // Shift and a click choose rows; without this they would select text as well.
      onMouseDown={(event) => marked !== null && event.shiftKey && event.preventDefault()}
      onClick={(event) => {
        const inMarks = marked !== null && event.target instanceof Element && event.target.closest(MARKS_CELL) !== null;
        if (row !== undefined) onPoint(row, index, event, inMarks);
      }}
    >
      {columns.map((column, place) => (
        <div
          key={column.id}
          role="gridcell"
          data-cell={`${index}:${place}`}
          data-align={column.align}
          data-marks={column === MARKS || undefined}
          aria-colindex={place + 1}
          tabIndex={place === activeColumn ? 0 : -1}
          className={styles.cell}
          onFocus={() => onFocus({ row: index, column: place })}
        >
          {row === undefined ? (
            <span className={styles.skeleton} />
          ) : column === MARKS ? (
            <MarkBox checked={marked ?? false} label={markLabel ?? ""} />
          ) : (
            column.render(row)
          )}
          {row === undefined && place === 0 && <span className="visually-hidden">{loadingLabel}</span>}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: RowProps<Row>) => React.ReactNode;

/** Shows a mark; the cell around it is what is clicked. */
function MarkBox({ checked, label }: { checked: boolean | "mixed"; label: string }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = checked === "mixed";
  }, [checked]);
  return (
    <input
      ref={box}
      type="checkbox"
      className={styles.mark}
      tabIndex={-1}
      aria-label={label}
      checked={checked === true}
      readOnly
    />
  );
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
