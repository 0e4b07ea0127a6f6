import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useNow } from "../../components/hooks";
import { panelStyles } from "../../components/SidePanel";
import { Failure } from "../../components/states";
import { useWords } from "../../i18n";
import { money } from "../../i18n/format";
import { ExpiryBadge, KindBadge, StatusBadge } from "./badges";
import styles from "./Details.module.css";

type Props = {
  title: string;
  query: ReferralQuery;
  /** Missing where all that are found are shown. */
  isShown?: (row: ReferralRow) => boolean;
  onOpen: (id: string, by: "pointer" | "keyboard") => void;
};

/** Referrals that belong together, each with the way to it. */
export function ReferralList({ title, query, isShown = () => true, onOpen }: Props) {
  const { t } = useWords();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const found = useQuery({
    queryKey: keys.referralRows(profile, query),
    queryFn: () => call("list_referrals", { query }),
  });
  const rows = found.data?.rows.filter(isShown);
  if (rows?.length === 0) return null;
  return (
    <section className={panelStyles.group} aria-label={title}>
      <h3 className={panelStyles.groupTitle}>{title}</h3>
      {rows ? (
        <ul className={styles.others}>
          {rows.map((row) => (
            <Entry row={row} onOpen={onOpen} key={row.referral_id} />
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

function Entry({ row, onOpen }: { row: ReferralRow; onOpen: Props["onOpen"] }) {
  const { t, locale } = useWords();
  const now = useNow(30_000);
  return (
    <li>
      <button
        type="button"
        className={styles.other}
        onClick={({ detail }) => onOpen(row.referral_id, detail === 0 ? "keyboard" : "pointer")}
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
