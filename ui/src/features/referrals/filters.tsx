import { createContext, useContext, useMemo, useState } from "react";
import type { ReferralQuery } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { readStored, useHeld, useKept } from "../../components/hooks";
import { isSort, sortedBy, sortOf, sortWords } from "../../components/sorting";
import type { Sort } from "../../components/VirtualGrid";
import { type Filter, isFilter, isTab, statusOf, tidy } from "./filter";
import { useFirstRows } from "./rows";

/** What is first asked of a column: the newest, the largest and the most urgent come on top. */
const DESCENDING_FIRST = new Set(["updated_at", "created_at", "deal_value", "priority", "score"]);
/** Milliseconds that a change waits for its first rows, so that the page is drawn once for both. */
const HOLD = 40;

type Filters = {
  /** What is shown; its status is always told. */
  filter: Filter;
  /** As the list is where nobody has filtered. */
  home: Filter;
  search: string;
  /** Null while the engine ranks by how well the search fits. */
  sort: Sort | null;
  /** What the list asks for. */
  query: ReferralQuery;
};

type Actions = {
  /** Changes some of the filter; null lets go of a field. */
  setFilter: (change: Filter) => void;
  /** Shows what a query finds and nothing else: what it does not name filters no longer, its order only if it has one. */
  showOnly: (query: ReferralQuery) => void;
  setSearch: (search: string) => void;
  toggleSort: (field: string) => void;
};

/** What a person has asked for. */
type Asked = { chosen: Filter; order: Sort; search: string; orderedSince: boolean };

const FiltersContext = createContext<Filters | null>(null);
const AskedContext = createContext<Filters | null>(null);
const ActionsContext = createContext<Actions | null>(null);

/** What the rows that are shown answer. */
export const useFilters = (): Filters => provided(useContext(FiltersContext));
/** What was asked for, whether or not its first rows are here: for fields, which show each key at once. */
export const useAskedFilters = (): Filters => provided(useContext(AskedContext));
export const useFilterActions = (): Actions => provided(useContext(ActionsContext));

const everything: Filter = {};
const newest: Sort = { field: "updated_at", direction: "desc" };

/**
 * What of the referrals is shown; it outlives the view and the window, so that coming back finds the list as it was. Once
 * it has been in view its first rows are kept current.
 */
export function FiltersProvider({ inView, children }: { inView: boolean; children: React.ReactNode }) {
  const { default_status, profile } = useSnapshot();
  const [filterKey, sortKey] = [`referrals.filter.${profile.id}`, `referrals.sort.${profile.id}`];
  const [asked, ask] = useState<Asked>(() => ({
    chosen: readStored(filterKey, everything, isFilter),
    order: readStored(sortKey, newest, isSort),
    search: "",
    orderedSince: false,
  }));
  useKept(filterKey, asked.chosen);
  useKept(sortKey, asked.order);
  const actions = useMemo<Actions>(
    () => ({
      setFilter: (change) => ask((was) => ({ ...was, chosen: tidy({ ...was.chosen, ...change }) })),
      showOnly: ({ search, sort, limit: _, offset: __, ...only }) => {
        const order = sortOf(sort);
        ask((was) => ({
          chosen: tidy({ ...only, status: only.status && statusOf(only.status) }),
          order: order ?? was.order,
          search: search ?? "",
          orderedSince: order !== null,
        }));
      },
      setSearch: (search) =>
        ask((was) => ({ ...was, search, orderedSince: was.search.trim() !== "" && was.orderedSince })),
      toggleSort: (field) =>
        ask((was) => ({
          ...was,
          order: sortedBy(field, sortIn(was), DESCENDING_FIRST.has(field)),
          orderedSince: true,
        })),
    }),
    [],
  );

  const filters = useMemo<Filters>(() => {
    const standard = statusOf(default_status) ?? "Open";
    const filter = tidy({ ...asked.chosen, status: asked.chosen.status ?? standard });
    const sort = sortIn(asked);
    return {
      filter,
      home: { status: isTab(standard) ? standard : "Open" },
      search: asked.search,
      sort,
      query: { ...filter, search: asked.search.trim() || null, sort: sort && sortWords(sort) },
    };
  }, [default_status, asked]);

  const [wasInView, setWasInView] = useState(inView);
  if (inView && !wasInView) setWasInView(true);
  const areHere = useFirstRows(filters.query, wasInView);
  const shown = useHeld(filters, areHere || !inView, HOLD);
  return (
    <ActionsContext value={actions}>
      <AskedContext value={filters}>
        <FiltersContext value={shown}>{children}</FiltersContext>
      </AskedContext>
    </ActionsContext>
  );
}

const sortIn = ({ search, orderedSince, order }: Asked): Sort | null => (search.trim() && !orderedSince ? null : order);

function provided<T>(context: T | null): T {
  if (context === null) throw new Error("FiltersProvider is missing");
  return context;
}
