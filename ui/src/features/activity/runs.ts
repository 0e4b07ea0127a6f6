import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { ItemOutcome, RunItem, Summary } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useWindows } from "../../api/windows";
import { changedSomething } from "./words";

/** How many runs are looked through at a time for those that changed something. */
const LOOKED_THROUGH = 200;
const idOf = (run: Summary) => run.run_id;

type RunRows = Pick<Rows<unknown, Summary>, "rowAt" | "indexOf" | "onRange" | "error" | "retry"> & {
  count: number | undefined;
};

/** Every run on record, newest first. */
export function useRuns(): RunRows {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<null, Summary>>(
    () => ({
      key: (_, limit, offset) => keys.runRows(profile, limit, offset),
      read: async (_, limit, offset) => {
        const { total, runs } = await call("list_runs", { limit, offset });
        return { total, rows: runs };
      },
      idOf,
    }),
    [call, profile],
  );
  const { total, ...rows } = useWindows(null, source);
  return { ...rows, count: total };
}

/** The runs that changed something, looked for as far as the list is scrolled; a last row stands for those to come. */
export function useChangingRuns(wanted: boolean): RunRows {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: keys.changingRuns(profile),
    queryFn: ({ pageParam }) => call("list_runs", { limit: LOOKED_THROUGH, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) =>
      pages.length * LOOKED_THROUGH < total ? pages.length * LOOKED_THROUGH : undefined,
    enabled: wanted,
  });
  const found = useMemo(() => {
    const runs = data?.pages.flatMap((page) => page.runs).filter(changedSomething) ?? [];
    return [...new Map(runs.map((run) => [run.run_id, run])).values()];
  }, [data]);
  const rowAt = useCallback((index: number) => found[index], [found]);
  const indexOf = useCallback(
    (id: string) => {
      const place = found.findIndex((run) => run.run_id === id);
      return place >= 0 ? place : undefined;
    },
    [found],
  );
  const onRange = useCallback(
    (_: number, last: number) => {
      if (wanted && data && last >= found.length && hasNextPage && !isFetching) void fetchNextPage();
    },
    [wanted, data, found.length, hasNextPage, isFetching, fetchNextPage],
  );
  const count = data && found.length + (hasNextPage ? 1 : 0);
  return { count, rowAt, indexOf, onRange, error, retry: () => void refetch() };
}

export function useRun(id: string) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.run(profile, id), queryFn: () => call("show_run", { id }) });
}

export type OutcomeFilter = ItemOutcome | "all";
type ItemRow = { place: string; item: RunItem };

/** What became of a run's referrals, of one outcome or of all. */
export function useRunItems(id: string, filter: OutcomeFilter): Rows<OutcomeFilter, ItemRow> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<OutcomeFilter, ItemRow>>(() => {
    const outcomeOf = (asked: OutcomeFilter) => (asked === "all" ? null : asked);
    return {
      key: (asked, limit, offset) => keys.runItems(profile, id, outcomeOf(asked), limit, offset),
      read: async (asked, limit, offset) => {
        const { total, items } = await call("run_items", { id, outcome: outcomeOf(asked), limit, offset });
        return { total, rows: items.map((item, place) => ({ place: String(offset + place), item })) };
      },
      idOf: ({ place }) => place,
    };
  }, [call, profile, id]);
  return useWindows(filter, source);
}

/** How many of a run's referrals each outcome has. */
export function outcomeCounts(run: Summary): Record<ItemOutcome, number> {
  return {
    inserted: run.inserted,
    updated: run.updated,
    skipped: run.skipped_count,
    failed: run.failure_count,
    gone: run.gone,
  };
}
