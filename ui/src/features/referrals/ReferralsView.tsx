import { Button, Tab, TabList } from "@fluentui/react-components";
import { MailInbox48Regular } from "@fluentui/react-icons/svg/mail-inbox";
import { Search48Regular } from "@fluentui/react-icons/svg/search";
import { useCallback, useRef, useState } from "react";
import type { ReferralItem } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useNow } from "../../components/hooks";
import { Failure, Placeholder } from "../../components/states";
import { VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { count } from "../../i18n/format";
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
  const { status, setStatus, query, sort, toggleSort } = useFilters();
  const columns = useColumns(useNow(CLOCK));
  const rows = useRows(query);
  const [selected, setSelected] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [entered, setEntered] = useState(0);
  const gridBox = useRef<HTMLDivElement>(null);

  const select = useCallback((item: ReferralItem) => setSelected(item.referral_id), []);
  const openDetails = useCallback((item: ReferralItem, by: "pointer" | "keyboard") => {
    setSelected(item.referral_id);
    setOpen(true);
    if (by === "keyboard") setEntered((times) => times + 1);
  }, []);
  const close = () => {
    setOpen(false);
    setEntered(0);
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
              sort={sort}
              onSort={toggleSort}
              onResize={columns.resize}
              headerHint={t("referrals.resize_hint")}
              loadingLabel={t("referrals.loading_row")}
              selectedId={selected}
              onSelect={select}
              onOpen={openDetails}
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
      {open && selected !== null && <DetailsPanel id={selected} entered={entered} onClose={close} />}
    </div>
  );
}

function NoRows() {
  const { t } = useWords();
  const { counts, sync, enabled, profile } = useSnapshot();
  const { query, search, setSearch, setStatus } = useFilters();
  if (counts.all > 0) {
    return (
      <Placeholder
        icon={<Search48Regular />}
        title={t("referrals.no_match_title")}
        text={query.search ? t("referrals.no_match_search", { search: query.search }) : t("referrals.no_match_tab")}
        action={
          <Button
            onClick={() => {
              setSearch("");
              setStatus("All");
            }}
          >
            {search ? t("search.clear") : t("referrals.show_all")}
          </Button>
        }
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
