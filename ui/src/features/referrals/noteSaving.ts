import { type MutationOptions, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ErrorBody, ReferralDetails } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";

/** What became of the last try to save a note. */
type Attempt = { text: string; status: "pending" | "success" | "error" | "idle"; error: ErrorBody | null };

/** The last try to save, which outlives the panel so that a text that was refused is still there, and how to try. */
export function useNoteSaving(id: string): [Attempt | undefined, (text: string) => Promise<void>] {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const queries = useQueryClient();
  const [last] = useMutationState({
    filters: { mutationKey: ["note", profile, id] },
    select: ({ state }): Attempt => ({ text: state.variables as string, status: state.status, error: state.error }),
  }).slice(-1);

  const save = useCallback(
    async (text: string) => {
      const mutationKey = ["note", profile, id];
      const queryKey = keys.referral(profile, id);
      const tries = queries.getMutationCache();
      for (const settled of tries.findAll({ mutationKey, predicate: ({ state }) => state.status !== "pending" })) {
        tries.remove(settled);
      }
      const options: MutationOptions<null, ErrorBody, string> = {
        mutationKey,
        mutationFn: async (note) => {
          await call("set_note", { id, note });
          await queries.cancelQueries({ queryKey });
          queries.setQueryData<ReferralDetails>(queryKey, (held) => held && { ...held, note });
          return null;
        },
        scope: { id: mutationKey.join() },
        gcTime: Number.POSITIVE_INFINITY,
      };
      await tries.build(queries, options).execute(text);
      await queries.invalidateQueries({ queryKey });
    },
    [call, profile, id, queries],
  );
  return [last, save];
}
