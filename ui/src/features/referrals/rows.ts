import { type QueryFunction, type UseQueryResult, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { ErrorBody, ReferralItem, ReferralPage, ReferralQuery } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useDebounced } from "../../components/hooks";

const WINDOW = 100;
/** While the scrollbar is dragged, windows flying past are not asked for. */
const SCROLL_PAUSE = 40;
/** How long windows out of view are kept: memory stays flat on a long list. */
const WINDOW_LIFE = 30_000;

type Span = { first: number; last: number };

export type Rows = {
  /** The question that the rows shown answer; the newest one only once its first window is here. */
  shown: ReferralQuery;
  total: number | undefined;
  rowAt: (index: number) => ReferralItem | undefined;
  indexOf: (id: string) => number | undefined;
  onRange: (first: number, last: number) => void;
  stale: boolean;
  error: ErrorBody | null;
  retry: () => void;
};

/** Rows of a list of any length, read in windows around what is in view. */
export function useRows(query: ReferralQuery): Rows {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const windowOf = (asked: ReferralQuery, index: number) => {
    const args = { ...asked, limit: WINDOW, offset: index * WINDOW };
    const queryFn: QueryFunction<ReferralPage> = () => call("list_referrals", { query: args });
    return { queryKey: keys.referralRows(profile, args), queryFn, gcTime: WINDOW_LIFE };
  };

  const newest = useQuery(windowOf(query, 0));
  const [shown, setShown] = useState(query);
  if (shown !== query && (newest.isSuccess || newest.isError)) setShown(query);

  const [span, setSpan] = useState<Span>({ first: 0, last: 0 });
  const settled = useDebounced(span, SCROLL_PAUSE);
  const queries = useQueryClient();
  const known = (index: number) => queries.getQueryData(windowOf(shown, index).queryKey) !== undefined;
  const indexes = [...new Set([...windowsOf(settled), ...windowsOf(span).filter(known)])].sort((a, b) => a - b);
  const { pages, total, error } = useQueries({
    queries: indexes.map((index) => windowOf(shown, index)),
    combine: combinePages,
  });

  const at = indexes.join();
  const byIndex = useMemo(
    () => new Map(at.split(",").map((index, place) => [Number(index), pages[place]] as const)),
    [at, pages],
  );
  const rowAt = useCallback(
    (index: number) => byIndex.get(Math.floor(index / WINDOW))?.items[index % WINDOW],
    [byIndex],
  );
  const indexOf = useCallback(
    (id: string) => {
      for (const [index, page] of byIndex) {
        const place = page?.items.findIndex((item) => item.referral_id === id) ?? -1;
        if (place >= 0) return index * WINDOW + place;
      }
      return undefined;
    },
    [byIndex],
  );
  const onRange = useCallback((first: number, last: number) => setSpan({ first, last }), []);

  return {
    shown,
    total: total ?? newest.data?.total,
    rowAt,
    indexOf,
    onRange,
    stale: shown !== query,
    error: newest.error ?? error,
    retry: () => void newest.refetch(),
  };
}

function combinePages(results: Array<UseQueryResult<ReferralPage, ErrorBody>>) {
  const newest = results.filter(({ data }) => data).sort((a, b) => b.dataUpdatedAt - a.dataUpdatedAt)[0];
  return {
    pages: results.map(({ data }) => data),
    total: newest?.data?.total,
    error: results.find(({ error }) => error)?.error ?? null,
  };
}

function windowsOf({ first, last }: Span): number[] {
  const start = Math.floor(first / WINDOW);
  return Array.from({ length: Math.floor(last / WINDOW) - start + 1 }, (_, place) => start + place);
}
