import { Button, Link } from "@fluentui/react-components";
import { LinkAdd20Regular } from "@fluentui/react-icons/headless/svg/link-add";
import { LinkDismiss20Regular } from "@fluentui/react-icons/headless/svg/link-dismiss";
import { useRef, useState } from "react";
import type { LinkStatus, ReferralDetails } from "../../api/bindings";
import { useCommand, useNotify } from "../../components/notices";
import { panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import { SegmentBadge } from "./badges";
import styles from "./Companies.module.css";
import { companyName, useCompany } from "./companies";
import { LinkDialog } from "./LinkDialog";
import { Score } from "./Score";

const states = {
  unlinked: "unlinked",
  multi_candidate: "candidates",
  auto_linked: "by_domain",
  linked_manually: "by_hand",
} as const satisfies Record<LinkStatus, string>;

/** Which company a referral is of, by what way, and how a person changes that. */
export function CompanyLink({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const command = useCommand();
  const notify = useNotify();
  const [linking, setLinking] = useState(false);
  const linkButton = useRef<HTMLButtonElement>(null);
  const { referral_id, company_id, link_status } = referral;
  const isLinked = link_status === "auto_linked" || link_status === "linked_manually";
  const unlink = async () => {
    if (!(await command("unlink_referrals", { ids: [referral_id] }))) return;
    notify({ intent: "success", title: t("companies.tie.unlinked_done") });
    linkButton.current?.focus();
  };
  return (
    <section className={panelStyles.group} aria-label={t("companies.tie.title")}>
      <h3 className={panelStyles.groupTitle}>{t("companies.tie.title")}</h3>
      {company_id !== null && <Company id={company_id} />}
      <p className={styles.prose}>{t(`companies.tie.${states[link_status]}`)}</p>
      <div className={styles.actions}>
        <Button ref={linkButton} size="small" icon={<LinkAdd20Regular />} onClick={() => setLinking(true)}>
          {t(isLinked ? "companies.tie.relink" : "companies.tie.link")}
        </Button>
        {link_status === "linked_manually" && (
          <Button size="small" icon={<LinkDismiss20Regular />} onClick={() => void unlink()}>
            {t("companies.tie.unlink")}
          </Button>
        )}
      </div>
      {linking && <LinkDialog referral={referral} onClose={() => setLinking(false)} />}
    </section>
  );
}

/** Its name leads to its details. */
function Company({ id }: { id: number }) {
  const { t } = useWords();
  const { openCompany } = useSelections();
  const company = useCompany(id).data;
  if (!company) return null;
  const name = companyName(company);
  return (
    <div className={styles.tie}>
      <Link as="button" aria-label={t("companies.tie.open", { name })} onClick={() => openCompany(id)}>
        {name}
      </Link>
      {company.segment && <SegmentBadge segment={company.segment} />}
      {company.score !== null && <Score score={company.score} />}
    </div>
  );
}
