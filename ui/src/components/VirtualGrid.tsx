import { ArrowDown12Regular } from "@fluentui/react-icons/svg/arrow-down";
import { ArrowUp12Regular } from "@fluentui/react-icons/svg/arrow-up";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { ColumnResizer, MIN_COLUMN_WIDTH } from "./ColumnResizer";
import styles from "./VirtualGrid.module.css";

const ROW_HEIGHT = 48;
const HEADER_HEIGHT = 36;
const SKELETON_ROWS = 12;
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
  render: (row: Row) => React.ReactNode;
};

type Props<Row> = {
  label: string;
  columns: ReadonlyArray<GridColumn<Row>>;
  /** Undefined while nothing is known yet: skeleton rows are shown. */
  rowCount: number | undefined;
  rowAt: (index: number) => Row | undefined;
  rowId: (row: Row) => string;
  /** Where a row is now, if it is among those that are loaded. */
  indexOf: (id: string) => number | undefined;
  onRange: (first: number, last: number) => void;
  stale: boolean;
  /** Missing where the order is fixed. */
  sorting?: { sort: Sort; onSort: (field: string) => void };
  onResize?: (column: string, width: number) => void;
  headerHint?: string;
  loadingLabel: string;
  selectedId: string | null;
  onSelect: (row: Row) => void;
  onOpen: (row: Row, by: "pointer" | "keyboard") => void;
  onClose: () => void;
  /** A new value means other rows: back to the top. */
  resetKey: string;
};

/** A grid of any length: only the rows in view exist, and one cell of it takes part in the tab order. */
export function VirtualGrid<Row>(props: Props<Row>) {
  const { columns, rowCount, rowAt, rowId, indexOf, onRange, selectedId, onSelect, resetKey, sorting, onResize } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Cell>({ row: 0, column: 0 });
  const wantsFocus = useRef(false);
  const wantsSelection = useRef(false);
  const hintId = useId();

  const count = rowCount ?? SKELETON_ROWS;
  const activeRow = count === 0 ? HEADER : Math.min(active.row, count - 1);
  const activeColumn = Math.min(active.column, columns.length - 1);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question starts at its top
  useLayoutEffect(() => {
    virtualizer.scrollToOffset(0);
    setActive((held) => ({ ...held, row: Math.min(held.row, 0) }));
  }, [resetKey]);

  const rowInFocus = activeRow >= 0 ? rowAt(activeRow) : undefined;
  const idInFocus = rowInFocus && rowId(rowInFocus);
  const heldId = useRef<string | undefined>(undefined);

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
    if (heldId.current === undefined || activeRow === HEADER || idInFocus === heldId.current) return;
    const moved = indexOf(heldId.current);
    if (moved === undefined) return;
    wantsFocus.current = scroller.current?.contains(document.activeElement) ?? false;
    setActive((held) => ({ ...held, row: moved }));
  }, [indexOf]);

  useLayoutEffect(() => {
    heldId.current = idInFocus;
  }, [idInFocus]);

  useEffect(() => {
    if (!wantsSelection.current || !rowInFocus) return;
    wantsSelection.current = false;
    onSelect(rowInFocus);
  }, [rowInFocus, onSelect]);

  const goTo = (row: number, column: number) => {
    const to = { row: clamp(row, HEADER, count - 1), column: clamp(column, 0, columns.length - 1) };
    wantsFocus.current = true;
    wantsSelection.current = to.row >= 0 && to.row !== activeRow;
    setActive(to);
  };

  const { onOpen } = props;
  const point = useCallback(
    (row: Row) => {
      wantsSelection.current = false;
      onOpen(row, "pointer");
    },
    [onOpen],
  );

  const onKeyDown = (event: React.KeyboardEvent) => {
    const inHeader = activeRow === HEADER;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEADER_HEIGHT) / ROW_HEIGHT) - 1);
    const column = columns[activeColumn];
    if (inHeader && event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      if (column)
        onResize?.(column.id, Math.max(MIN_COLUMN_WIDTH, column.width + (event.key === "ArrowLeft" ? -16 : 16)));
    } else if (event.key === "ArrowDown") goTo(activeRow + 1, activeColumn);
    else if (event.key === "ArrowUp") goTo(activeRow - 1, activeColumn);
    else if (event.key === "ArrowLeft") goTo(activeRow, activeColumn - 1);
    else if (event.key === "ArrowRight") goTo(activeRow, activeColumn + 1);
    else if (event.key === "Home") goTo(0, activeColumn);
    else if (event.key === "End") goTo(count - 1, activeColumn);
    else if (event.key === "PageDown") goTo(Math.max(activeRow, 0) + page, activeColumn);
    else if (event.key === "PageUp") goTo(Math.max(activeRow - page, 0), activeColumn);
    else if (event.key === "Escape") props.onClose();
    else if (event.key === "Enter" || event.key === " ") {
      if (inHeader && column) sorting?.onSort(column.id);
      else if (rowInFocus) props.onOpen(rowInFocus, "keyboard");
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
      aria-busy={rowCount === undefined || props.stale}
      className={styles.scroller}
      style={lengths}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.header}>
        <div role="row" aria-rowindex={1} className={styles.headerRow} style={{ gridTemplateColumns }}>
          {columns.map((column, index) => {
            const sorted = sorting?.sort.field === column.id ? sorting.sort.direction : null;
            return (
              <div
                key={column.id}
                role="columnheader"
                data-cell={`${HEADER}:${index}`}
                data-sortable={sorting ? true : undefined}
                data-align={column.align}
                aria-colindex={index + 1}
                aria-sort={sorting && (sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none")}
                aria-label={column.label}
                aria-describedby={props.headerHint && hintId}
                tabIndex={activeRow === HEADER && index === activeColumn ? 0 : -1}
                className={styles.headerCell}
                onClick={() => {
                  setActive({ row: HEADER, column: index });
                  sorting?.onSort(column.id);
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
        data-stale={props.stale || undefined}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rowCount === undefined ? undefined : rowAt(item.index);
          return (
            <GridRow
              key={item.index}
              index={item.index}
              top={item.start}
              row={row}
              columns={columns}
              template={gridTemplateColumns}
              selected={row !== undefined && rowId(row) === selectedId}
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

type RowProps<Row> = {
  index: number;
  top: number;
  row: Row | undefined;
  columns: ReadonlyArray<GridColumn<Row>>;
  template: string;
  selected: boolean;
  activeColumn: number | null;
  loadingLabel: string;
  onFocus: (cell: Cell) => void;
  onPoint: (row: Row) => void;
};

/** Remembered: scrolling renders only the rows that come into view. */
const GridRow = memo(function GridRow<Row>(props: RowProps<Row>) {
  const { index, top, row, columns, template, selected, activeColumn, loadingLabel, onFocus, onPoint } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={styles.row}
      style={{ gridTemplateColumns: template, height: ROW_HEIGHT, transform: `translateY(${top}px)` }}
      onClick={() => row !== undefined && onPoint(row)}
    >
      {columns.map((column, place) => (
        <div
          key={column.id}
          role="gridcell"
          data-cell={`${index}:${place}`}
          data-align={column.align}
          aria-colindex={place + 1}
          tabIndex={place === activeColumn ? 0 : -1}
          className={styles.cell}
          onFocus={() => onFocus({ row: index, column: place })}
        >
          {row === undefined ? <span className={styles.skeleton} /> : column.render(row)}
          {row === undefined && place === 0 && <span className="visually-hidden">{loadingLabel}</span>}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: RowProps<Row>) => React.ReactNode;

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
