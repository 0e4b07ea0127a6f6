import { useEffect } from "react";
import { useReferral } from "../../api/hooks";
import { useAnnounce } from "../../components/announcements";
import { useWords } from "../../i18n";
import { useSelections } from "./selection";
import { useView } from "./views";

/** How long one stays with a referral before its name is said: walking through the list is not chatty. */
const PAUSE = 500;

/** Says whose details were opened beside the list, which others see. */
export function SelectionVoice() {
  const { id, open } = useSelections().referral;
  const view = useView().id;
  return open && id !== null && view === "referrals" ? <Voice key={id} id={id} /> : null;
}

function Voice({ id }: { id: string }) {
  const { t } = useWords();
  const announce = useAnnounce();
  const referral = useReferral(id).data;
  const name = referral && (referral.customer_name ?? t("referrals.unnamed"));
  useEffect(() => {
    if (name === undefined) return;
    const timer = setTimeout(() => announce(t("keys.details_of", { name })), PAUSE);
    return () => clearTimeout(timer);
  }, [name, announce, t]);
  return null;
}
