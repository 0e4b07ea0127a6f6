import { useMemo, useState } from "react";
import type { CompanyQuery } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useDebounced, useStored } from "../../components/hooks";
import { isSort, sortedBy, sortWords } from "../../components/sorting";
import type { Sort } from "../../components/VirtualGrid";
import { type CompanyFilter, isCompanyFilter, tidy } from "./filter";

const SEARCH_DELAY = 120;
/** What is first asked of a column: the most and the newest come on top. */
const DESCENDING_FIRST = new Set(["score", "referrals", "scanned_at"]);
const everything: CompanyFilter = {};
const best: Sort = { field: "score", direction: "desc" };

export type CompanyFilters = ReturnType<typeof useCompanyFilters>;

/** Which companies are shown and in which order; remembered, but for the search. */
export function useCompanyFilters() {
  const { profile } = useSnapshot();
  const [filter, setFilter] = useStored(`companies.filter.${profile.id}`, everything, isCompanyFilter);
  const [sort, setSort] = useStored(`companies.sort.${profile.id}`, best, isSort);
  const [search, setSearch] = useState("");
  const settled = useDebounced(search.trim(), SEARCH_DELAY);
  return useMemo(
    () => ({
      filter,
      /** Changes some of it; null lets go of a field. */
      setFilter: (change: CompanyFilter) => setFilter(tidy({ ...filter, ...change })),
      sort,
      toggleSort: (field: string) => setSort(sortedBy(field, sort, DESCENDING_FIRST.has(field))),
      search,
      setSearch,
      /** What the list asks for, once typing has paused. */
      query: { ...filter, search: settled || null, sort: sortWords(sort) } satisfies CompanyQuery,
    }),
    [filter, setFilter, sort, setSort, search, settled],
  );
}
