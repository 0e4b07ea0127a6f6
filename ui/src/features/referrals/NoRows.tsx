import { Button } from "@fluentui/react-components";
import { MailInbox48Regular } from "@fluentui/react-icons/headless/svg/mail-inbox";
import { Search48Regular } from "@fluentui/react-icons/headless/svg/search";
import { useSnapshot } from "../../api/hooks";
import { withoutChips } from "../../components/Chips";
import styles from "../../components/List.module.css";
import { Placeholder } from "../../components/states";
import { useWords } from "../../i18n";
import { filterChips } from "./filterChips";
import { useFilterActions, useFilters } from "./filters";

const EXPLAINED = ["mine", "starred", "unseen", "contact_wanted"] as const;

/** Why the list is empty, and what to do about it. */
export function NoRows() {
  const { t } = useWords();
  const { counts, sync, enabled, profile } = useSnapshot();
  if (counts.all > 0) return <NoMatch />;
  const text = sync.last_success_at
    ? t("referrals.empty_synced")
    : enabled || profile.kind === "sample"
      ? t("referrals.empty_never_synced")
      : t("referrals.empty_off");
  return <Placeholder icon={<MailInbox48Regular />} title={t("referrals.empty_title")} text={text} />;
}

function NoMatch() {
  const { t, locale } = useWords();
  const { filter, query } = useFilters();
  const { setFilter, setSearch, showOnly } = useFilterActions();
  const chips = filterChips(filter, t, locale);
  const onlyChip = chips.length === 1 ? chips[0]?.id : undefined;
  const explained = EXPLAINED.find((name) => name === onlyChip);
  const text = query.search
    ? t("referrals.no_match_search", { search: query.search })
    : explained
      ? t(`filters.none.${explained}`)
      : chips.length > 0
        ? filter.expiring != null && chips.every(({ id }) => id === "expiring" || id === "status")
          ? t("referrals.no_match_expiring", { count: filter.expiring })
          : t("filters.none_text")
        : t("referrals.no_match_tab");
  return (
    <Placeholder
      icon={<Search48Regular />}
      title={t(chips.length > 0 ? "filters.none_title" : "referrals.no_match_title")}
      text={text}
      action={
        <div className={styles.ways}>
          {query.search && <Button onClick={() => setSearch("")}>{t("search.clear")}</Button>}
          {chips.length > 0 && (
            <Button onClick={() => setFilter(withoutChips(chips))}>{t("filters.clear_filters")}</Button>
          )}
          {!query.search && chips.length === 0 && filter.status !== "All" && (
            <Button onClick={() => showOnly({ status: "All" })}>{t("referrals.show_all")}</Button>
          )}
        </div>
      }
    />
  );
}
