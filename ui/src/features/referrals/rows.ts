import { useMemo } from "react";
import type { ReferralItem, ReferralQuery } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useWindows } from "../../api/windows";

/** The referrals that a question finds. */
export function useRows(query: ReferralQuery): Rows<ReferralQuery, ReferralItem> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<ReferralQuery, ReferralItem>>(
    () => ({
      key: (asked, limit, offset) => keys.referralRows(profile, { ...asked, limit, offset }),
      read: async (asked, limit, offset) => {
        const { total, items } = await call("list_referrals", { query: { ...asked, limit, offset } });
        return { total, rows: items };
      },
      idOf: (item) => item.referral_id,
    }),
    [call, profile],
  );
  return useWindows(query, source);
}
