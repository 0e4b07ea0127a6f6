import { useMemo } from "react";
import type { ReferralItem } from "../../api/bindings";
import { useStored } from "../../components/hooks";
import type { GridColumn } from "../../components/VirtualGrid";
import { term, useWords } from "../../i18n";
import { dayAndTime, money } from "../../i18n/format";
import { ExpiryBadge, KindBadge, LinkBadge, StatusBadge } from "./badges";
import styles from "./Referrals.module.css";

/** Ids are the fields that the list is sorted by. */
const COLUMNS = [
  { id: "customer_name", width: 240 },
  { id: "kind", width: 128 },
  { id: "status", width: 180 },
  { id: "expires_at", width: 140 },
  { id: "deal_value", width: 148 },
  { id: "qualification", width: 152 },
  { id: "link_status", width: 164 },
  { id: "domain", width: 172 },
  { id: "updated_at", width: 164 },
] as const;
export type ColumnId = (typeof COLUMNS)[number]["id"];

/** The column that says whose referral a row is. */
export const FIXED: ColumnId = "customer_name";

type Layout = { widths: Partial<Record<string, number>>; hidden: string[] };
const untouched: Layout = { widths: {}, hidden: [] };
const isLayout = (stored: unknown): stored is Layout =>
  typeof stored === "object" &&
  stored !== null &&
  "widths" in stored &&
  typeof stored.widths === "object" &&
  stored.widths !== null &&
  Object.values(stored.widths).every((width) => typeof width === "number") &&
  "hidden" in stored &&
  Array.isArray(stored.hidden) &&
  !stored.hidden.includes(FIXED);

export function useColumns(now: number) {
  const { t, locale } = useWords();
  const [layout, setLayout] = useStored<Layout>("referrals.columns", untouched, isLayout);

  return useMemo(() => {
    const cells: Record<ColumnId, (item: ReferralItem) => React.ReactNode> = {
      customer_name: (item) => <CustomerCell item={item} />,
      kind: (item) => <KindBadge kind={item.kind} />,
      status: (item) => <StatusBadge item={item} />,
      expires_at: (item) => <ExpiryBadge item={item} now={now} />,
      deal_value: (item) =>
        item.deal_value === null ? <Missing /> : <Text>{money(item.deal_value, item.currency, locale)}</Text>,
      qualification: (item) =>
        item.qualification === null ? <Missing /> : <Text>{term(t, "qualification", item.qualification)}</Text>,
      link_status: (item) => <LinkBadge status={item.link_status} />,
      domain: (item) => (item.domain === null ? <Missing /> : <Text>{item.domain}</Text>),
      updated_at: (item) =>
        item.updated_at === null ? <Missing /> : <Text muted>{dayAndTime(item.updated_at, locale)}</Text>,
    };
    const all = COLUMNS.map(({ id, width }): GridColumn<ReferralItem> & { id: ColumnId } => ({
      id,
      label: t(`column.${id}`),
      width: layout.widths[id] ?? width,
      grows: id === FIXED && layout.widths[id] === undefined,
      ...(id === "deal_value" && { align: "end" as const }),
      render: cells[id],
    }));
    return {
      all,
      visible: all.filter(({ id }) => !layout.hidden.includes(id)),
      resize: (id: string, width: number) => setLayout({ ...layout, widths: { ...layout.widths, [id]: width } }),
      show: (shown: string[]) =>
        setLayout({
          ...layout,
          hidden: COLUMNS.map(({ id }) => id).filter((id) => id !== FIXED && !shown.includes(id)),
        }),
      reset: () => setLayout(untouched),
    };
  }, [t, locale, now, layout, setLayout]);
}

function CustomerCell({ item }: { item: ReferralItem }) {
  const { t } = useWords();
  return (
    <div className={styles.customer}>
      <div className={styles.customerName} data-missing={item.customer_name === null || undefined}>
        {item.customer_name ?? t("referrals.unnamed")}
      </div>
      {item.name && <div className={styles.referralName}>{item.name}</div>}
    </div>
  );
}

function Text({ children, muted }: { children: string; muted?: boolean }) {
  return (
    <span className={styles.text} data-muted={muted} title={children}>
      {children}
    </span>
  );
}

function Missing() {
  const { t } = useWords();
  return (
    <span className={styles.missing}>
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">{t("common.not_given")}</span>
    </span>
  );
}
