import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ReferralRows } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useCommand } from "../../components/notices";

/** Stars are shown at once and taken back if the engine refuses. */
export function useStar(): (ids: string[], starred: boolean) => Promise<void> {
  const command = useCommand();
  const queries = useQueryClient();
  const profile = useSnapshot().profile.id;
  return useCallback(
    async (ids, starred) => {
      const queryKey = keys.allReferralRows(profile);
      queries.setQueriesData<ReferralRows>(
        { queryKey },
        (held) =>
          held && {
            ...held,
            rows: held.rows.map((row) => (ids.includes(row.referral_id) ? { ...row, starred } : row)),
          },
      );
      if (!(await command("set_star", { ids, starred }))) await queries.invalidateQueries({ queryKey });
    },
    [command, queries, profile],
  );
}
