import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ReferralDetails, ReferralQuery, ReferralRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useNow } from "../../components/hooks";
import { panelStyles } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { money } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import { ExpiryBadge, KindBadge, StatusBadge } from "./badges";
import styles from "./Details.module.css";

const MOST = 100;

/** What else there is of the same deal, and of the same company. */
export function Engagement({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const { referral_id, engagement_id, company_id, related, of_company } = referral;
  return (
    <>
      {related > 1 && engagement_id !== null && (
        <Others
          title={t("details.same_engagement")}
          query={{ engagement: engagement_id, status: "All", limit: MOST }}
          isOther={(row) => row.referral_id !== referral_id}
        />
      )}
      {of_company > 1 && company_id !== null && (
        <Others
          title={t("details.same_company")}
          query={{ company: company_id, status: "All", limit: MOST }}
          isOther={(row) => row.referral_id !== referral_id && !(engagement_id && row.engagement_id === engagement_id)}
        />
      )}
    </>
  );
}

type OthersProps = { title: string; query: ReferralQuery; isOther: (row: ReferralRow) => boolean };

function Others({ title, query, isOther }: OthersProps) {
  const { t } = useWords();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const found = useQuery({
    queryKey: keys.referralRows(profile, query),
    queryFn: () => call("list_referrals", { query }),
  });
  const others = found.data?.rows.filter(isOther);
  if (others?.length === 0) return null;
  return (
    <section className={panelStyles.group} aria-label={title}>
      <h3 className={panelStyles.groupTitle}>{title}</h3>
      {others ? (
        <ul className={styles.others}>
          {others.map((row) => (
            <Other row={row} key={row.referral_id} />
          ))}
        </ul>
      ) : found.error ? (
        <Failure title={t("details.others_failed")} error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
          <SkeletonItem size={64} />
        </Skeleton>
      )}
      {found.data && found.data.total > found.data.rows.length && (
        <p className={styles.hint}>
          {t("details.others_first", { shown: found.data.rows.length, count: found.data.total })}
        </p>
      )}
    </section>
  );
}

function Other({ row }: { row: ReferralRow }) {
  const { t, locale } = useWords();
  const { show } = useSelections().referral;
  const now = useNow(30_000);
  return (
    <li>
      <button
        type="button"
        className={styles.other}
        onClick={({ detail }) => show(row.referral_id, detail === 0 ? "keyboard" : "pointer")}
      >
        <strong>{row.customer_name ?? t("referrals.unnamed")}</strong>
        {row.name && <span className={styles.otherName}>{row.name}</span>}
        <span className={styles.otherBadges}>
          <KindBadge kind={row.kind} />
          <StatusBadge item={row} />
          <ExpiryBadge item={row} now={now} />
        </span>
        <span className={styles.otherValue}>
          {row.deal_value === null ? t("referrals.no_value") : money(row.deal_value, row.currency, locale)}
        </span>
      </button>
    </li>
  );
}
