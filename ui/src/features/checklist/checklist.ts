import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer, Checklist, ChecklistItem, RollBack } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";

export function useChecklist() {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({ queryKey: keys.checklist(profile), queryFn: () => call("checklist", {}) });
}

export function useChecklistHistory(id: string) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.checklistHistory(profile, id),
    queryFn: () => call("checklist_history", { id }),
  });
}

export function useChecklistReport(wanted: boolean) {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useQuery({
    queryKey: keys.checklistReport(profile),
    queryFn: () => call("checklist_report", {}),
    enabled: wanted,
    staleTime: 0,
  });
}

/** A person's answer to an item; the checklist that follows from it is shown at once. */
export function useAnswer(id: string) {
  const call = useCall();
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ answer, note }: { answer: Answer; note: string }) =>
      call("answer_checklist_item", { id, answer, note }),
    onSuccess: keep,
  });
}

export function useRollBack(to: RollBack) {
  const call = useCall();
  const keep = useKeep();
  return useMutation({ mutationFn: () => call("roll_back", { to }), onSuccess: keep });
}

/** Takes in a checklist that came as an answer; histories and the report are read again. */
function useKeep() {
  const queries = useQueryClient();
  const profile = useSnapshot().profile.id;
  return async (checklist: Checklist) => {
    const key = keys.checklist(profile);
    await queries.cancelQueries({ queryKey: key });
    queries.setQueryData(key, checklist);
    void queries.invalidateQueries({
      queryKey: ["checklist", profile],
      predicate: ({ queryKey }) => queryKey[2] !== "items",
    });
  };
}

export const itemsOf = ({ phases }: Checklist): ChecklistItem[] => phases.flatMap(({ items }) => items);

/** The items of these ids, in the order of the checklist. */
export const itemsNamed = (checklist: Checklist, ids: string[]): ChecklistItem[] =>
  itemsOf(checklist).filter(({ id }) => ids.includes(id));

export const hasPassed = ({ state, expired }: ChecklistItem): boolean => state === "pass" && !expired;

/** How many of the required items have passed, and how many there are. */
export function progressOf(items: ChecklistItem[]): { passed: number; required: number } {
  const required = items.filter((item) => item.required);
  return { passed: required.filter(hasPassed).length, required: required.length };
}
