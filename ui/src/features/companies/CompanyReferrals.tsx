import { Link } from "@fluentui/react-components";
import type { CompanyDetails } from "../../api/bindings";
import { panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { useOpenList } from "../activity/openList";
import { useSelections } from "../frame/selection";
import { ReferralList } from "../referrals/ReferralList";
import styles from "./Companies.module.css";

const MOST = 100;

export function CompanyReferrals({ company: { company_id, referrals } }: { company: CompanyDetails }) {
  const { t } = useWords();
  const { openReferral } = useSelections();
  const openList = useOpenList();
  if (referrals === 0) return <p className={panelStyles.nothing}>{t("companies.panel.no_referrals")}</p>;
  return (
    <>
      <ReferralList
        title={t("companies.panel.same")}
        query={{ company: company_id, status: "All", limit: MOST }}
        onOpen={openReferral}
      />
      <Link as="button" className={styles.toList} onClick={() => openList({ company: company_id })}>
        {t("companies.panel.show_list")}
      </Link>
    </>
  );
}
