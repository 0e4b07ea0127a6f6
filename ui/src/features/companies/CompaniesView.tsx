import { Button, SearchBox } from "@fluentui/react-components";
import { Building48Regular } from "@fluentui/react-icons/headless/svg/building";
import { Search48Regular } from "@fluentui/react-icons/headless/svg/search";
import { useCallback, useRef } from "react";
import type { CompanyRow } from "../../api/bindings";
import { Chips, withoutChips } from "../../components/Chips";
import { ColumnsMenu } from "../../components/ColumnsMenu";
import type { Columns } from "../../components/columnLayout";
import looks from "../../components/List.module.css";
import { Failure, Placeholder } from "../../components/states";
import { VirtualGrid } from "../../components/VirtualGrid";
import { useWords } from "../../i18n";
import { useSelections } from "../frame/selection";
import styles from "./Companies.module.css";
import { CompanyFilters } from "./CompanyFilters";
import { CompanyPanel } from "./CompanyPanel";
import { useCompanyColumns } from "./columns";
import { rowId, useCompanyRows } from "./companies";
import { companyChips } from "./filter";
import { type CompanyFilters as Filters, useCompanyFilters } from "./filters";
import { ScansOff } from "./ScansOff";
import { ScanButton, ScanProgress } from "./scanning";

/** Whose referrals they are, what their mail set-up tells, and what each is worth. */
export function CompaniesView() {
  const { t, locale } = useWords();
  const filters = useCompanyFilters();
  const { filter, setFilter, sort, toggleSort } = filters;
  const columns = useCompanyColumns();
  const rows = useCompanyRows(filters.query);
  const { id, open, select, show, close: closePanel } = useSelections().company;
  const gridBox = useRef<HTMLDivElement>(null);
  const selectRow = useCallback((row: CompanyRow) => select(rowId(row)), [select]);
  const openRow = useCallback((row: CompanyRow, by: "pointer" | "keyboard") => show(rowId(row), by), [show]);
  const close = () => {
    closePanel();
    gridBox.current?.querySelector<HTMLElement>('[role="gridcell"][tabindex="0"]')?.focus();
  };
  const { sort: order, ...question } = rows.shown;

  return (
    <div className={looks.view}>
      <div className={looks.main}>
        <section className={looks.list} aria-label={t("companies.title")}>
          <Toolbar total={rows.total} filters={filters} columns={columns} />
          <Chips chips={companyChips(filter, t, locale)} onDrop={setFilter} />
          <ScansOff />
          <ScanProgress />
          <div className={looks.gridBox} ref={gridBox}>
            {rows.error && rows.total === undefined ? (
              <Failure title={t("companies.failed_title")} error={rows.error} onRetry={rows.retry} />
            ) : (
              <VirtualGrid
                label={t("companies.title")}
                columns={columns.visible}
                rowCount={rows.total}
                rowAt={rows.rowAt}
                rowId={rowId}
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
                resetKey={JSON.stringify(question)}
                orderKey={order ?? ""}
              />
            )}
            {rows.total === 0 && (
              <div className={looks.overlay}>
                <NoCompanies filters={filters} />
              </div>
            )}
          </div>
        </section>
      </div>
      {open && id !== null && <CompanyPanel key={id} id={Number(id)} onClose={close} />}
    </div>
  );
}

type ToolbarProps = { total: number | undefined; filters: Filters; columns: Columns<CompanyRow> };

function Toolbar({ total, filters, columns }: ToolbarProps) {
  const { t } = useWords();
  const { search, setSearch } = filters;
  return (
    <header className={looks.toolbar}>
      <h1 className={looks.title}>{t("companies.title")}</h1>
      <SearchBox
        className={styles.search}
        size="small"
        aria-label={t("companies.search")}
        placeholder={t("companies.search")}
        value={search}
        dismiss={{ "aria-label": t("search.clear") }}
        onChange={(_, { value }) => setSearch(value)}
        onKeyDown={({ key }) => key === "Escape" && setSearch("")}
      />
      <span className={looks.shown} role="status">
        {total !== undefined && t("companies.shown", { count: total })}
      </span>
      <ScanButton label={t("companies.scan.all")} hint={t("companies.scan.hint")} ids={null} brief />
      <CompanyFilters filters={filters} />
      <ColumnsMenu columns={columns} />
    </header>
  );
}

/** Why the list is empty, and what to do about it. */
function NoCompanies({ filters: { filter, setFilter, query, setSearch } }: { filters: Filters }) {
  const { t, locale } = useWords();
  const chips = companyChips(filter, t, locale);
  if (!query.search && chips.length === 0) {
    return (
      <Placeholder icon={<Building48Regular />} title={t("companies.empty_title")} text={t("companies.empty_text")} />
    );
  }
  return (
    <Placeholder
      icon={<Search48Regular />}
      title={t("companies.none_title")}
      text={t("companies.none_text")}
      action={
        <div className={looks.ways}>
          {query.search && <Button onClick={() => setSearch("")}>{t("search.clear")}</Button>}
          {chips.length > 0 && (
            <Button onClick={() => setFilter(withoutChips(chips))}>{t("filters.clear_filters")}</Button>
          )}
        </div>
      }
    />
  );
}
