import type { ReferralDetails } from "../../api/bindings";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import { ReferralList } from "./ReferralList";

const MOST = 100;

/** What else there is of the same deal, and of the same company. */
export function Engagement({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const { show } = useSelections().referral;
  const { referral_id, engagement_id, company_id, related, of_company } = referral;
  return (
    <>
      {related > 1 && engagement_id !== null && (
        <ReferralList
          title={t("details.same_engagement")}
          query={{ engagement: engagement_id, status: "All", limit: MOST }}
          onOpen={show}
          isShown={(row) => row.referral_id !== referral_id}
        />
      )}
      {of_company > 1 && company_id !== null && (
        <ReferralList
          title={t("details.same_company")}
          query={{ company: company_id, status: "All", limit: MOST }}
          onOpen={show}
          isShown={(row) => row.referral_id !== referral_id && !(engagement_id && row.engagement_id === engagement_id)}
        />
      )}
    </>
  );
}
