import { useMemo } from "react";
import { useStored } from "./hooks";
import type { GridColumn } from "./VirtualGrid";

/** A column as its list knows it. */
export type ListColumn<Row, Id extends string> = Omit<GridColumn<Row>, "id"> & {
  id: Id;
  /** Shown only if a person asks for it. */
  extra?: true;
};

type Layout = { widths: Partial<Record<string, number>>; hidden: string[]; extra?: string[] | undefined };
const untouched: Layout = { widths: {}, hidden: [] };
const isLayout = (stored: unknown): stored is Layout =>
  typeof stored === "object" &&
  stored !== null &&
  "widths" in stored &&
  typeof stored.widths === "object" &&
  stored.widths !== null &&
  Object.values(stored.widths).every((width) => typeof width === "number") &&
  "hidden" in stored &&
  Array.isArray(stored.hidden) &&
  (!("extra" in stored) || Array.isArray(stored.extra));

export type Columns<Row> = {
  all: Array<GridColumn<Row>>;
  visible: Array<GridColumn<Row>>;
  resize: (id: string, width: number) => void;
  show: (shown: string[]) => void;
  reset: () => void;
};

/** Which columns of a list are shown and how wide; the first says what a row is, and always stays. */
export function useColumnLayout<Row, Id extends string>(
  key: string,
  columns: ReadonlyArray<ListColumn<Row, Id>>,
): Columns<Row> {
  const [layout, setLayout] = useStored<Layout>(key, untouched, isLayout);
  return useMemo(() => {
    const fixed = columns[0]?.id;
    const all = columns.map((column) => ({
      ...column,
      width: layout.widths[column.id] ?? column.width,
      grows: column.id === fixed && layout.widths[column.id] === undefined,
    }));
    const isShown = ({ id, extra }: (typeof all)[number]) =>
      id === fixed || (extra ? layout.extra?.includes(id) : !layout.hidden.includes(id));
    return {
      all,
      visible: all.filter(isShown),
      resize: (id: string, width: number) => setLayout({ ...layout, widths: { ...layout.widths, [id]: width } }),
      show: (shown: string[]) => {
        const extra = columns.filter((column) => column.extra && shown.includes(column.id)).map(({ id }) => id);
        const hidden = columns.filter((column) => !column.extra && !shown.includes(column.id)).map(({ id }) => id);
        setLayout({
          ...layout,
          hidden: hidden.filter((id) => id !== fixed),
          extra: extra.length > 0 ? extra : undefined,
        });
      },
      reset: () => setLayout(untouched),
    };
  }, [columns, layout, setLayout]);
}
