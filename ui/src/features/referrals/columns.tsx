import { useMemo } from "react";
import type { ReferralRow } from "../../api/bindings";
import { useStored } from "../../components/hooks";
import type { GridColumn } from "../../components/VirtualGrid";
import { term, useWords } from "../../i18n";
import { countryName, day, dayAndTime, money } from "../../i18n/format";
import { KindBadge, LinkBadge, LiveExpiryBadge, StatusBadge } from "./badges";
import { CustomerCell } from "./CustomerCell";
import { Highlighted } from "./Highlighted";
import styles from "./Referrals.module.css";

/** Ids are the fields that the list is sorted by. */
const COLUMNS = [
  { id: "customer_name", width: 280 },
  { id: "kind", width: 128 },
  { id: "status", width: 180 },
  { id: "expires_at", width: 140 },
  { id: "deal_value", width: 148 },
  { id: "qualification", width: 152 },
  { id: "link_status", width: 164 },
  { id: "domain", width: 172 },
  { id: "updated_at", width: 164 },
  { id: "created_at", width: 164 },
  { id: "closing_at", width: 128 },
  { id: "customer_country", width: 140 },
] as const;
export type ColumnId = (typeof COLUMNS)[number]["id"];

/** Shown only if a person asks for them. */
const EXTRA: ReadonlySet<string> = new Set<ColumnId>(["created_at", "closing_at", "customer_country"]);

/** The column that says whose referral a row is. */
export const FIXED: ColumnId = "customer_name";

type Layout = { widths: Partial<Record<string, number>>; hidden: string[]; extra?: string[] | undefined };
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
  !stored.hidden.includes(FIXED) &&
  (!("extra" in stored) || Array.isArray(stored.extra));

export function useColumns() {
  const { t, locale } = useWords();
  const [layout, setLayout] = useStored<Layout>("referrals.columns", untouched, isLayout);

  return useMemo(() => {
    const moment = (at: string | null) => (at === null ? <Missing /> : <Text text={dayAndTime(at, locale)} muted />);
    const cells: Record<ColumnId, (item: ReferralRow) => React.ReactNode> = {
      customer_name: (item) => <CustomerCell item={item} />,
      kind: (item) => <KindBadge kind={item.kind} />,
      status: (item) => <StatusBadge item={item} />,
      expires_at: (item) => <LiveExpiryBadge item={item} />,
      deal_value: (item) =>
        item.deal_value === null ? <Missing /> : <Text text={money(item.deal_value, item.currency, locale)} />,
      qualification: (item) =>
        item.qualification === null ? <Missing /> : <Text text={term(t, "qualification", item.qualification)} />,
      link_status: (item) => <LinkBadge status={item.link_status} />,
      domain: (item) => (item.domain === null ? <Missing /> : <Text text={item.domain} searched />),
      updated_at: (item) => moment(item.updated_at),
      created_at: (item) => moment(item.created_at),
      closing_at: (item) =>
        item.closing_at === null ? <Missing /> : <Text text={day(item.closing_at, locale)} muted />,
      customer_country: (item) =>
        item.customer_country === null ? <Missing /> : <Text text={countryName(item.customer_country, locale)} />,
    };
    const all = COLUMNS.map(({ id, width }): GridColumn<ReferralRow> & { id: ColumnId } => ({
      id,
      label: t(`column.${id}`),
      width: layout.widths[id] ?? width,
      grows: id === FIXED && layout.widths[id] === undefined,
      ...(id === "deal_value" && { align: "end" as const }),
      render: cells[id],
    }));
    return {
      all,
      visible: all.filter(({ id }) => (EXTRA.has(id) ? layout.extra?.includes(id) : !layout.hidden.includes(id))),
      resize: (id: string, width: number) => setLayout({ ...layout, widths: { ...layout.widths, [id]: width } }),
      show: (shown: string[]) => {
        const extra = shown.filter((id) => EXTRA.has(id));
        setLayout({
          ...layout,
          hidden: COLUMNS.map(({ id }) => id).filter((id) => id !== FIXED && !EXTRA.has(id) && !shown.includes(id)),
          extra: extra.length > 0 ? extra : undefined,
        });
      },
      reset: () => setLayout(untouched),
    };
  }, [t, locale, layout, setLayout]);
}

function Text({ text, muted, searched }: { text: string; muted?: boolean; searched?: boolean }) {
  return (
    <span className={styles.text} data-muted={muted} title={text}>
      {searched ? <Highlighted text={text} /> : text}
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
