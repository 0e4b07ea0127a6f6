import { Building16Regular } from "@fluentui/react-icons/headless/svg/building";
import { Note16Regular } from "@fluentui/react-icons/headless/svg/note";
import { Stack16Regular } from "@fluentui/react-icons/headless/svg/stack";
import { Star16Filled, Star16Regular } from "@fluentui/react-icons/headless/svg/star";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import { useWords } from "../../i18n";
import { count } from "../../i18n/format";
import { ContactBadge } from "./ContactBadge";
import { useFilterActions } from "./filters";
import { Highlighted } from "./Highlighted";
import styles from "./Referrals.module.css";
import { useStar } from "./star";

/** Whose referral it is, and what a person should know of it before opening it. */
export function CustomerCell({ item }: { item: ReferralRow }) {
  const { t } = useWords();
  const { unseen } = item;
  return (
    <div className={styles.customer} data-unseen={unseen ?? undefined}>
      {unseen && (
        <span className={styles.unseen} title={t(`referrals.unseen_${unseen}`)}>
          <span className="visually-hidden">{t(`referrals.unseen_${unseen}`)}</span>
        </span>
      )}
      <div className={styles.customerName} data-missing={item.customer_name === null || undefined}>
        {item.customer_name === null ? t("referrals.unnamed") : <Highlighted text={item.customer_name} />}
      </div>
      <div className={styles.secondLine}>
        <ContactBadge until={item.contact_until} brief />
        {item.name && (
          <span className={styles.referralName}>
            <Highlighted text={item.name} />
          </span>
        )}
      </div>
      <span className={styles.marks}>
        {item.has_note && (
          <span className={styles.note} title={t("referrals.has_note")}>
            <Note16Regular aria-hidden="true" />
            <span className="visually-hidden">{t("referrals.has_note")}</span>
          </span>
        )}
        {item.engagement_id !== null && item.related > 1 && (
          <Others
            icon={<Stack16Regular />}
            number={item.related}
            label={t("referrals.related", { count: item.related })}
            query={{ status: "All", engagement: item.engagement_id }}
          />
        )}
        {item.company_id !== null && item.of_company > 1 && (
          <Others
            icon={<Building16Regular />}
            number={item.of_company}
            label={t("referrals.of_company", { count: item.of_company })}
            query={{ status: "All", company: item.company_id }}
          />
        )}
        <StarButton item={item} />
      </span>
    </div>
  );
}

type OthersProps = { icon: React.ReactNode; number: number; label: string; query: ReferralQuery };

/** How many belong together; a click shows them. Within a grid only its cells are in the tab order. */
function Others({ icon, number, label, query }: OthersProps) {
  const { locale } = useWords();
  const { showOnly } = useFilterActions();
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.others}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        showOnly(query);
      }}
    >
      {icon}
      {count(number, locale)}
    </button>
  );
}

function StarButton({ item }: { item: ReferralRow }) {
  const { t } = useWords();
  const star = useStar();
  const label = t(item.starred ? "referrals.unstar" : "referrals.star");
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.star}
      aria-pressed={item.starred}
      aria-label={t("referrals.starred")}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        void star([item.referral_id], !item.starred);
      }}
    >
      {item.starred ? <Star16Filled /> : <Star16Regular />}
    </button>
  );
}
