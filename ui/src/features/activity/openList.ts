import type { ReferralQuery } from "../../api/bindings";
import { goTo } from "../frame/route";
import { useSelections } from "../frame/selection";
import { useFilters } from "../referrals/filters";

/** Leads from a figure to the referrals behind it. */
export function useOpenList(): (query: ReferralQuery) => void {
  const { showOnly } = useFilters();
  const { referral } = useSelections();
  return (query) => {
    showOnly({ status: "All", ...query });
    referral.close();
    goTo("referrals");
  };
}
