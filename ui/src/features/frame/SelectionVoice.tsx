import { useEffect } from "react";
import { useReferral } from "../../api/hooks";
import { useAnnounce } from "../../components/announcements";
import { useWords } from "../../i18n";
import { companyName, useCompany } from "../companies/companies";
import { useSelections } from "./selection";
import { useView } from "./views";

/** How long one stays with a row before its name is said: walking through the list is not chatty. */
const PAUSE = 500;

/** Says whose details were opened beside the list, which others see. */
export function SelectionVoice() {
  const { referral, company } = useSelections();
  const view = useView().id;
  if (view === "referrals" && referral.open && referral.id !== null)
    return <ReferralVoice key={referral.id} id={referral.id} />;
  if (view === "companies" && company.open && company.id !== null)
    return <CompanyVoice key={company.id} id={Number(company.id)} />;
  return null;
}

function ReferralVoice({ id }: { id: string }) {
  const { t } = useWords();
  const referral = useReferral(id).data;
  return <Voice name={referral && (referral.customer_name ?? t("referrals.unnamed"))} />;
}

function CompanyVoice({ id }: { id: number }) {
  const company = useCompany(id).data;
  return <Voice name={company && companyName(company)} />;
}

function Voice({ name }: { name: string | undefined }) {
  const { t } = useWords();
  const announce = useAnnounce();
  useEffect(() => {
    if (name === undefined) return;
    const timer = setTimeout(() => announce(t("keys.details_of", { name })), PAUSE);
    return () => clearTimeout(timer);
  }, [name, announce, t]);
  return null;
}
