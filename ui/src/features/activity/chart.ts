import type { ReferralQuery } from "../../api/bindings";

export type ChartColor = "blue" | "green" | "orange" | "red" | "grey";

/** A number with what it opens; null where no filter finds exactly what it counts. */
export type Cell = { value: number; shown: string; query: ReferralQuery | null };
export type Series = { id: string; label: string; color: ChartColor; query: ReferralQuery | null };
export type Bar = { label: string; title: string; cells: Cell[] };

/** Bars of stacked series, all in words already. */
export type Chart = { title: string; series: Series[]; bars: Bar[] };

export type TableCell = { text: string; query?: ReferralQuery | null };
/** The same as text; the first cell of a row says what the row is about. */
export type Table = { head: string[]; rows: Array<{ id: string; cells: TableCell[] }> };
