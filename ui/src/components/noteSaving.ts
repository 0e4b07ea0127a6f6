import { type MutationOptions, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ErrorBody } from "../api/bindings";
import type { Key } from "../api/keys";

/** Whose note it is: what it is read with, and how it is kept. */
export type NotePlace = { queryKey: Key; write: (note: string) => Promise<unknown> };

/** What became of the last try to save a note. */
type Attempt = { text: string; status: "pending" | "success" | "error" | "idle"; error: ErrorBody | null };

/** The last try to save, which outlives the panel so that a text that was refused is still there, and how to try. */
export function useNoteSaving({ queryKey, write }: NotePlace): [Attempt | undefined, (text: string) => Promise<void>] {
  const queries = useQueryClient();
  const [last] = useMutationState({
    filters: { mutationKey: ["note", ...queryKey] },
    select: ({ state }): Attempt => ({ text: state.variables as string, status: state.status, error: state.error }),
  }).slice(-1);

  const save = useCallback(
    async (text: string) => {
      const mutationKey = ["note", ...queryKey];
      const tries = queries.getMutationCache();
      for (const settled of tries.findAll({ mutationKey, predicate: ({ state }) => state.status !== "pending" })) {
        tries.remove(settled);
      }
      const options: MutationOptions<null, ErrorBody, string> = {
        mutationKey,
        mutationFn: async (note) => {
          await write(note);
          await queries.cancelQueries({ queryKey });
          queries.setQueryData<{ note: string }>(queryKey, (held) => held && { ...held, note });
          return null;
        },
        scope: { id: mutationKey.join() },
        gcTime: Number.POSITIVE_INFINITY,
      };
      await tries.build(queries, options).execute(text);
      await queries.invalidateQueries({ queryKey });
    },
    [queryKey, write, queries],
  );
  return [last, save];
}
