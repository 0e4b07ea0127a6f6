import { useMemo } from "react";
import type { ReferralRow } from "../../api/bindings";
import { Missing, Text } from "../../components/cells";
import { type Columns, type ListColumn, useColumnLayout } from "../../components/columnLayout";
import { term, useWords } from "../../i18n";
import { countryName, day, dayAndTime, money } from "../../i18n/format";
import { SegmentBadge } from "../companies/badges";
import { Score } from "../companies/Score";
import { KindBadge, LinkBadge, LiveExpiryBadge, PriorityBadge, StatusBadge } from "./badges";
import { CustomerCell } from "./CustomerCell";
import { Highlighted } from "./Highlighted";

/** Ids are the fields that the list is sorted by. */
const COLUMNS = [
  { id: "customer_name", width: 256 },
  { id: "kind", width: 140 },
  { id: "status", width: 196 },
  { id: "expires_at", width: 156 },
  { id: "deal_value", width: 148, align: "end" },
  { id: "priority", width: 96 },
  { id: "qualification", width: 160 },
  { id: "link_status", width: 180 },
  { id: "domain", width: 160 },
  { id: "updated_at", width: 188 },
  { id: "score", width: 116, extra: true },
  { id: "segment", width: 164, extra: true },
  { id: "created_at", width: 188, extra: true },
  { id: "closing_at", width: 164, extra: true },
  { id: "customer_country", width: 140, extra: true },
] as const;
type ColumnId = (typeof COLUMNS)[number]["id"];

export function useColumns(): Columns<ReferralRow> {
  const { t, locale } = useWords();
  const columns = useMemo(() => {
    const moment = (at: string | null) => (at === null ? <Missing /> : <Text text={dayAndTime(at, locale)} muted />);
    const cells: Record<ColumnId, (item: ReferralRow) => React.ReactNode> = {
      customer_name: (item) => <CustomerCell item={item} />,
      kind: (item) => <KindBadge kind={item.kind} />,
      status: (item) => <StatusBadge item={item} />,
      expires_at: (item) => <LiveExpiryBadge item={item} />,
      priority: (item) => <PriorityBadge priority={item.priority} />,
      score: (item) => (item.score === null ? <Missing /> : <Score score={item.score} />),
      segment: (item) => (item.segment === null ? <Missing /> : <SegmentBadge segment={item.segment} />),
      deal_value: (item) =>
        item.deal_value === null ? <Missing /> : <Text text={money(item.deal_value, item.currency, locale)} />,
      qualification: (item) =>
        item.qualification === null ? <Missing /> : <Text text={term(t, "qualification", item.qualification)} />,
      link_status: (item) => <LinkBadge status={item.link_status} />,
      domain: (item) =>
        item.domain === null ? (
          <Missing />
        ) : (
          <Text text={item.domain}>
            <Highlighted text={item.domain} />
          </Text>
        ),
      updated_at: (item) => moment(item.updated_at),
      created_at: (item) => moment(item.created_at),
      closing_at: (item) =>
        item.closing_at === null ? <Missing /> : <Text text={day(item.closing_at, locale)} muted />,
      customer_country: (item) =>
        item.customer_country === null ? <Missing /> : <Text text={countryName(item.customer_country, locale)} />,
    };
    return COLUMNS.map(
      (column): ListColumn<ReferralRow, ColumnId> => ({
        ...column,
        label: t(`column.${column.id}`),
        render: cells[column.id],
      }),
    );
  }, [t, locale]);
  return useColumnLayout("referrals.columns", columns);
}
