import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ItemOutcome, RunItem, RunView, Summary } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useWindows } from "../../api/windows";

const idOf = (run: RunView) => run.summary.run_id;

/** The runs on record, newest first: all of them, or those that changed something. */
export function useRuns(onlyChanges: boolean): Rows<boolean, RunView> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<boolean, RunView>>(
    () => ({
      key: (only_changes, limit, offset) => keys.runRows(profile, only_changes, limit, offset),
      read: async (only_changes, limit, offset) => {
        const { total, runs } = await call("list_runs", { only_changes, limit, offset });
        return { total, rows: runs };
      },
      idOf,
    }),
    [call, profile],
  );
  return useWindows(onlyChanges, source);
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
