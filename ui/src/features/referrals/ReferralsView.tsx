import { Button, Tab, TabList } from "@fluentui/react-components";
import { Dismiss16Regular } from "@fluentui/react-icons/svg/dismiss";
import { MailInbox48Regular } from "@fluentui/react-icons/svg/mail-inbox";
import { Search48Regular } from "@fluentui/react-icons/svg/search";
import { useCallback, useRef } from "react";
import type { ReferralItem } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { Failure, Placeholder } from "../../components/states";
import { VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { count } from "../../i18n/format";
import { useSelections } from "../frame/selection";
import { ColumnsMenu } from "./ColumnsMenu";
import { useColumns } from "./columns";
import { DetailsPanel } from "./DetailsPanel";
import { countKey, STATUS_TABS, type StatusTab, useFilters } from "./filters";
import styles from "./Referrals.module.css";
import { useRows } from "./rows";

const CLOCK = 30_000;

export function ReferralsView() {
  const { t, locale } = useWords();
  const { counts } = useSnapshot();
  const { status, setStatus, expiring, setExpiring, query, sort, toggleSort } = useFilters();
  const columns = useColumns(useNow(CLOCK));
  const rows = useRows(query);
  const { id, open, select, show, close: closePanel } = useSelections().referral;
  const gridBox = useRef<HTMLDivElement>(null);

  const selectRow = useCallback((item: ReferralItem) => select(item.referral_id), [select]);
  const openRow = useCallback((item: ReferralItem, by: "pointer" | "keyboard") => show(item.referral_id, by), [show]);
  const close = () => {
    closePanel();
    gridBox.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  };

  return (
    <div className={styles.view}>
      <section className={styles.list} aria-label={t("referrals.title")}>
        <header className={styles.toolbar}>
          <h1 className={styles.title}>{t("referrals.title")}</h1>
          <div className={styles.tabs}>
            <TabList
              aria-label={t("referrals.tabs")}
              size="small"
              selectedValue={status}
              onTabSelect={(_, { value }) => setStatus(value as StatusTab)}
            >
              {STATUS_TABS.map((tab) => (
                <Tab key={tab} value={tab}>
                  {t(`referrals.tab.${tab}`)}{" "}
                  <span className={styles.count}>{count(counts[countKey[tab]], locale)}</span>
                </Tab>
              ))}
            </TabList>
          </div>
          {expiring !== null && (
            <Button
              className={styles.chip}
              size="small"
              shape="circular"
              icon={<Dismiss16Regular />}
              iconPosition="after"
              aria-label={t("referrals.drop_filter", { filter: t("referrals.expiring", { count: expiring }) })}
              onClick={() => setExpiring(null)}
            >
              {t("referrals.expiring", { count: expiring })}
            </Button>
          )}
          <span className={styles.shown} role="status">
            {rows.total !== undefined && t("referrals.shown", { count: rows.total })}
          </span>
          <ColumnsMenu columns={columns} />
        </header>
        <div className={styles.gridBox} ref={gridBox}>
          {rows.error && rows.total === undefined ? (
            <Failure title={t("referrals.failed_title")} error={rows.error} onRetry={rows.retry} />
          ) : (
            <VirtualGrid
              label={t("referrals.title")}
              columns={columns.visible}
              rowCount={rows.total}
              rowAt={rows.rowAt}
              rowId={(item) => item.referral_id}
              indexOf={rows.indexOf}
              onRange={rows.onRange}
              stale={rows.stale}
              sorting={{ sort, onSort: toggleSort }}
              onResize={columns.resize}
              headerHint={t("referrals.resize_hint")}
              loadingLabel={t("referrals.loading_row")}
              selectedId={id}
              onSelect={selectRow}
              onOpen={openRow}
              onClose={close}
              resetKey={JSON.stringify(rows.shown)}
            />
          )}
          {rows.total === 0 && (
            <div className={styles.overlay}>
              <NoRows />
            </div>
          )}
        </div>
      </section>
      {open && id !== null && <DetailsPanel id={id} onClose={close} />}
    </div>
  );
}

function NoRows() {
  const { t } = useWords();
  const { counts, sync, enabled, profile } = useSnapshot();
  const { query, search, expiring, showOnly } = useFilters();
  if (counts.all > 0) {
    return (
      <Placeholder
        icon={<Search48Regular />}
        title={t("referrals.no_match_title")}
        text={
          query.search
            ? t("referrals.no_match_search", { search: query.search })
            : expiring !== null
              ? t("referrals.no_match_expiring", { count: expiring })
              : t("referrals.no_match_tab")
        }
        action={<Button onClick={() => showOnly("All")}>{search ? t("search.clear") : t("referrals.show_all")}</Button>}
      />
    );
  }
  const text = sync.last_success_at
    ? t("referrals.empty_synced")
    : enabled || profile.kind === "sample"
      ? t("referrals.empty_never_synced")
      : t("referrals.empty_off");
  return <Placeholder icon={<MailInbox48Regular />} title={t("referrals.empty_title")} text={text} />;
}
