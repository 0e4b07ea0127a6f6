import { History16Regular } from "@fluentui/react-icons/headless/svg/history";
import { useMemo } from "react";
import type { CompanyRow } from "../../api/bindings";
import { Missing, Text } from "../../components/cells";
import { type Columns, type ListColumn, useColumnLayout } from "../../components/columnLayout";
import { useWords } from "../../i18n";
import { count, countryName, day, dayAndTime } from "../../i18n/format";
import { KindBadge } from "../referrals/badges";
import { CompanyLinkBadge, ProviderBadge, SegmentBadge } from "./badges";
import styles from "./Companies.module.css";
import { companyName } from "./companies";
import { Score } from "./Score";

/** Ids are the fields that the list is sorted by. */
const COLUMNS = [
  { id: "name", width: 220 },
  { id: "domain", width: 168 },
  { id: "provider", width: 184 },
  { id: "segment", width: 164 },
  { id: "score", width: 108 },
  { id: "referrals", width: 124, align: "end" },
  { id: "kinds", width: 224, unsorted: true },
  { id: "link", width: 128, unsorted: true },
  { id: "country", width: 132 },
  { id: "scanned_at", width: 136 },
] as const;
type ColumnId = (typeof COLUMNS)[number]["id"];

export function useCompanyColumns(): Columns<CompanyRow> {
  const { t, locale } = useWords();
  const columns = useMemo(() => {
    const cells: Record<ColumnId, (row: CompanyRow) => React.ReactNode> = {
      name: (row) => <Text text={companyName(row)} />,
      domain: ({ domain }) => <Text text={domain} muted />,
      provider: ({ provider }) => (provider === null ? <Missing /> : <ProviderBadge provider={provider} />),
      segment: ({ segment }) => (segment === null ? <Missing /> : <SegmentBadge segment={segment} />),
      score: ({ score }) => (score === null ? <Missing /> : <Score score={score} />),
      referrals: ({ open, referrals }) => (
        <>
          <span aria-hidden="true">
            {count(open, locale)} / {count(referrals, locale)}
          </span>
          <span className="visually-hidden">{t("companies.open_of", { open, all: referrals })}</span>
        </>
      ),
      kinds: ({ kinds }) => (
        <span className={styles.kinds}>
          {kinds.map((kind) => (
            <KindBadge key={kind} kind={kind} />
          ))}
        </span>
      ),
      link: ({ link }) => <CompanyLinkBadge link={link} />,
      country: ({ country }) => (country === null ? <Missing /> : <Text text={countryName(country, locale)} />),
      scanned_at: (row) => <Scanned row={row} />,
    };
    return COLUMNS.map(
      (column): ListColumn<CompanyRow, ColumnId> => ({
        ...column,
        label: t(`companies.column.${column.id}`),
        render: cells[column.id],
      }),
    );
  }, [t, locale]);
  return useColumnLayout("companies.columns", columns);
}

function Scanned({ row: { scanned_at, is_stale } }: { row: CompanyRow }) {
  const { t, locale } = useWords();
  if (scanned_at === null) return <Text text={t("companies.not_scanned")} muted />;
  const time = dayAndTime(scanned_at, locale);
  return (
    <Text text={is_stale ? `${time}\n${t("companies.stale")}` : time} muted>
      {day(scanned_at, locale)}
      {is_stale && (
        <>
          {" "}
          <History16Regular className={styles.stale} aria-hidden="true" />
          <span className="visually-hidden">{t("companies.stale")}</span>
        </>
      )}
    </Text>
  );
}
