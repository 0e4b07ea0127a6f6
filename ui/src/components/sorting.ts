import type { Sort } from "./VirtualGrid";

export const isSort = (stored: unknown): stored is Sort =>
  typeof stored === "object" &&
  stored !== null &&
  "field" in stored &&
  typeof stored.field === "string" &&
  "direction" in stored &&
  (stored.direction === "asc" || stored.direction === "desc");

export const sortWords = ({ field, direction }: Sort): string => `${field}:${direction}`;

export function sortOf(text: string | null | undefined): Sort | null {
  const [field, direction] = text?.split(":") ?? [];
  const sort = { field, direction };
  return isSort(sort) ? sort : null;
}

/** The order after a click on a column: the one it starts with, or the other way round if it has that already. */
export function sortedBy(field: string, sort: Sort | null, descendingFirst: boolean): Sort {
  const first = descendingFirst ? "desc" : "asc";
  const other = descendingFirst ? "asc" : "desc";
  return { field, direction: sort?.field === field && sort.direction === first ? other : first };
}
