import { useMemo } from "react";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useWindows } from "../../api/windows";

/** The referrals that a question finds. */
export function useRows(query: ReferralQuery): Rows<ReferralQuery, ReferralRow> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const source = useMemo<Source<ReferralQuery, ReferralRow>>(
    () => ({
      key: (asked, limit, offset) => keys.referralRows(profile, { ...asked, limit, offset }),
      read: (asked, limit, offset) => call("list_referrals", { query: { ...asked, limit, offset } }),
      idOf: (item) => item.referral_id,
    }),
    [call, profile],
  );
  return useWindows(query, source);
}
