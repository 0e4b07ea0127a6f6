import { useQuery } from "@tanstack/react-query";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useDebounced } from "../../components/hooks";

const TYPING_PAUSE = 150;
const AT_MOST = 8;
const none: ReferralRow[] = [];

/** Referrals of any status that what was typed finds, once typing has paused. */
export function useFound(typed: string): ReferralRow[] {
  const call = useCall();
  const { profile } = useSnapshot();
  const search = useDebounced(typed.trim(), TYPING_PAUSE);
  const query: ReferralQuery = { search, status: "All", limit: AT_MOST };
  const found = useQuery({
    queryKey: keys.referralRows(profile.id, query),
    queryFn: () => call("list_referrals", { query }),
    enabled: search !== "" && profile.kind !== "none",
    gcTime: 0,
  });
  return (typed.trim() === search && found.data?.rows) || none;
}
