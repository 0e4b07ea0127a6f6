import { useMemo } from "react";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { type Rows, type Source, useFirstWindow, useWindows } from "../../api/windows";

/** The referrals that a question finds. */
export function useRows(query: ReferralQuery): Rows<ReferralQuery, ReferralRow> {
  return useWindows(query, useReferrals());
}

/** Whether the first of them are here; they are kept current from then on. */
export function useFirstRows(query: ReferralQuery, enabled: boolean): boolean {
  return useFirstWindow(query, useReferrals(), enabled);
}

function useReferrals(): Source<ReferralQuery, ReferralRow> {
  const call = useCall();
  const profile = useSnapshot().profile.id;
  return useMemo(
    () => ({
      key: (asked, limit, offset) => keys.referralRows(profile, { ...asked, limit, offset }),
      read: (asked, limit, offset) => call("list_referrals", { query: { ...asked, limit, offset } }),
      idOf: (item) => item.referral_id,
      placeOf: (query, id) => call("place_of_referral", { id, query }),
    }),
    [call, profile],
  );
}
