import type { ReferralQuery } from "../../api/bindings";
import { goTo } from "../frame/route";
import { useSelections } from "../frame/selection";
import { useFilterActions } from "../referrals/filters";

/** Leads from a figure to the referrals behind it. */
export function useOpenList(): (query: ReferralQuery) => void {
  const { showOnly } = useFilterActions();
  const { referral } = useSelections();
  return (query) => {
    showOnly({ status: "All", ...query });
    referral.close();
    goTo("referrals");
  };
}
