import { createContext, useContext, useMemo, useState } from "react";
import type { ReferralQuery } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useStored } from "../../components/hooks";
import { isSort, sortedBy, sortOf, sortWords } from "../../components/sorting";
import type { Sort } from "../../components/VirtualGrid";
import { type Filter, isFilter, isTab, statusOf, tidy } from "./filter";

/** What is first asked of a column: the newest, the largest and the most urgent come on top. */
const DESCENDING_FIRST = new Set(["updated_at", "created_at", "deal_value", "priority", "score"]);

type Filters = {
  /** What is shown; its status is always told. */
  filter: Filter;
  /** Changes some of it; null lets go of a field. */
  setFilter: (change: Filter) => void;
  /** Shows what a query finds and nothing else: what it does not name filters no longer, its order only if it has one. */
  showOnly: (query: ReferralQuery) => void;
  /** As the list is where nobody has filtered. */
  home: Filter;
  search: string;
  setSearch: (search: string) => void;
  /** Null while the engine ranks by how well the search fits. */
  sort: Sort | null;
  toggleSort: (field: string) => void;
  /** What the list asks for. */
  query: ReferralQuery;
};

const FiltersContext = createContext<Filters | null>(null);

export function useFilters(): Filters {
  const filters = useContext(FiltersContext);
  if (!filters) throw new Error("FiltersProvider is missing");
  return filters;
}

const everything: Filter = {};
const newest: Sort = { field: "updated_at", direction: "desc" };

/** What of the referrals is shown; it outlives the view and the window, so that coming back finds the list as it was. */
export function FiltersProvider({ children }: { children: React.ReactNode }) {
  const { default_status, profile } = useSnapshot();
  const [chosen, setChosen] = useStored(`referrals.filter.${profile.id}`, everything, isFilter);
  const [order, setOrder] = useStored(`referrals.sort.${profile.id}`, newest, isSort);
  const [search, setSearch] = useState("");
  const [orderedSince, setOrderedSince] = useState(false);
  const words = search.trim();

  const filters = useMemo<Filters>(() => {
    const standard = statusOf(default_status) ?? "Open";
    const filter = tidy({ ...chosen, status: chosen.status ?? standard });
    const sort = words && !orderedSince ? null : order;
    return {
      filter,
      setFilter: (change) => setChosen(tidy({ ...chosen, ...change })),
      showOnly: ({ search: wantedWords, sort: wanted, limit: _, offset: __, ...only }) => {
        setChosen(tidy({ ...only, status: only.status && statusOf(only.status) }));
        setSearch(wantedWords ?? "");
        const wantedOrder = sortOf(wanted);
        setOrderedSince(wantedOrder !== null);
        if (wantedOrder) setOrder(wantedOrder);
      },
      home: { status: isTab(standard) ? standard : "Open" },
      search,
      setSearch: (text) => {
        if (!words) setOrderedSince(false);
        setSearch(text);
      },
      sort,
      toggleSort: (field) => {
        setOrder(sortedBy(field, sort, DESCENDING_FIRST.has(field)));
        setOrderedSince(true);
      },
      query: { ...filter, search: words || null, sort: sort && sortWords(sort) },
    };
  }, [default_status, chosen, setChosen, order, setOrder, search, orderedSince, words]);
  return <FiltersContext.Provider value={filters}>{children}</FiltersContext.Provider>;
}
