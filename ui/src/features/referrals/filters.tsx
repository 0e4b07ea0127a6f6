import { createContext, useContext, useMemo, useState } from "react";
import type { Counts, ReferralQuery } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useDebounced, useStored } from "../../components/hooks";
import type { Sort } from "../../components/VirtualGrid";

export const STATUS_TABS = ["Open", "New", "Active", "Closed", "All"] as const;
export type StatusTab = (typeof STATUS_TABS)[number];
export const countKey: Record<StatusTab, keyof Counts> = {
  Open: "open",
  New: "new",
  Active: "active",
  Closed: "closed",
  All: "all",
};

/** Within how many days a referral counts as expiring soon. */
export const EXPIRING_SOON = 3;

const SEARCH_DELAY = 120;
/** What is first asked of a column: the newest, the largest and the most urgent come on top. */
const DESCENDING_FIRST = new Set(["updated_at", "deal_value"]);

type Filters = {
  status: StatusTab;
  setStatus: (status: StatusTab) => void;
  search: string;
  setSearch: (search: string) => void;
  /** Within so many days; null is whenever. */
  expiring: number | null;
  setExpiring: (days: number | null) => void;
  /** Drops every other filter. */
  showOnly: (status: StatusTab, expiring?: number | null) => void;
  sort: Sort;
  toggleSort: (field: string) => void;
  /** What the list asks for, once typing has paused. */
  query: ReferralQuery;
};

const FiltersContext = createContext<Filters | null>(null);

export function useFilters(): Filters {
  const filters = useContext(FiltersContext);
  if (!filters) throw new Error("FiltersProvider is missing");
  return filters;
}

const isSort = (stored: unknown): stored is Sort =>
  typeof stored === "object" &&
  stored !== null &&
  "field" in stored &&
  typeof stored.field === "string" &&
  "direction" in stored &&
  (stored.direction === "asc" || stored.direction === "desc");

/** What of the referrals is shown; it outlives the view, so that coming back finds the list as it was left. */
export function FiltersProvider({ children }: { children: React.ReactNode }) {
  const { default_status } = useSnapshot();
  const [chosen, setStatus] = useState<StatusTab | null>(null);
  const [search, setSearch] = useState("");
  const [expiring, setExpiring] = useState<number | null>(null);
  const [sort, setSort] = useStored<Sort>("referrals.sort", { field: "updated_at", direction: "desc" }, isSort);
  const settled = useDebounced(search.trim(), SEARCH_DELAY);
  const status = chosen ?? STATUS_TABS.find((tab) => tab.toLowerCase() === default_status.toLowerCase()) ?? "Open";

  const filters = useMemo<Filters>(
    () => ({
      status,
      setStatus,
      search,
      setSearch,
      expiring,
      setExpiring,
      showOnly: (only, days = null) => {
        setStatus(only);
        setSearch("");
        setExpiring(days);
      },
      sort,
      toggleSort: (field) => {
        const first = DESCENDING_FIRST.has(field) ? "desc" : "asc";
        const other = first === "asc" ? "desc" : "asc";
        setSort({ field, direction: sort.field === field && sort.direction === first ? other : first });
      },
      query: { status, search: settled || null, expiring, sort: `${sort.field}:${sort.direction}` },
    }),
    [status, search, expiring, settled, sort, setSort],
  );
  return <FiltersContext.Provider value={filters}>{children}</FiltersContext.Provider>;
}
