import { Link, Skeleton, SkeletonItem, ToggleButton } from "@fluentui/react-components";
import { Table16Regular } from "@fluentui/react-icons/headless/svg/table";
import { lazy, Suspense, useId, useState } from "react";
import { useWidth } from "../../components/hooks";
import { useWords } from "../../i18n";
import type { Chart, Series, Table } from "./chart";
import styles from "./Figures.module.css";
import { useOpenList } from "./openList";

const BarChart = lazy(() => import("./BarChart"));

type Props = { chart: Chart; table: Table; note?: string | null; control?: React.ReactNode };

/** A chart and the same as a table, which screen readers find whichever of the two is shown. */
export function FigureCard({ chart, table, note, control }: Props) {
  const { t, locale } = useWords();
  const titleId = useId();
  const [asTable, setAsTable] = useState(false);
  const [box, width] = useWidth<HTMLElement>();
  const open = useOpenList();
  return (
    <section ref={box} className={styles.card} aria-labelledby={titleId}>
      <header className={styles.cardHead}>
        <h2 id={titleId} className={styles.cardTitle}>
          {chart.title}
        </h2>
        {control}
        <ToggleButton
          className={styles.toggle}
          appearance="subtle"
          size="small"
          icon={<Table16Regular />}
          checked={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {t("insights.as_table")}
        </ToggleButton>
      </header>
      {note && <p className={styles.note}>{note}</p>}
      {!asTable && (
        <>
          <div className={styles.chartBox}>
            {width !== undefined && (
              <Suspense fallback={<ChartSkeleton />}>
                <BarChart chart={chart} width={width} locale={locale} onOpen={open} />
              </Suspense>
            )}
          </div>
          {chart.series.length > 1 && <Legend series={chart.series} />}
        </>
      )}
      <div className={asTable ? styles.tableBox : "visually-hidden"}>
        <FigureTable title={chart.title} table={table} linked={asTable} />
      </div>
    </section>
  );
}

function ChartSkeleton() {
  const { t } = useWords();
  return (
    <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
      <SkeletonItem size={128} />
    </Skeleton>
  );
}

function Legend({ series }: { series: Series[] }) {
  const { t } = useWords();
  const open = useOpenList();
  return (
    <ul className={styles.legend} aria-label={t("insights.legend")}>
      {series.map(({ id, label, color, query }) => (
        <li key={id}>
          <span className={styles.swatch} style={{ background: `var(--chart-${color})` }} aria-hidden="true" />
          {query ? <Link onClick={() => open(query)}>{label}</Link> : label}
        </li>
      ))}
    </ul>
  );
}

/** Out of sight it holds no links, so that the keyboard does not walk through what cannot be seen. */
function FigureTable({ title, table, linked }: { title: string; table: Table; linked: boolean }) {
  const open = useOpenList();
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          {table.head.map((label) => (
            <th scope="col" key={label}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ id, cells: [first, ...others] }) => (
          <tr key={id}>
            <th scope="row">{first?.text}</th>
            {others.map(({ text, query }, place) => {
              const head = table.head[place + 1];
              return (
                <td key={head}>
                  {linked && query ? (
                    <Link aria-label={`${first?.text}, ${head}: ${text}`} onClick={() => open(query)}>
                      {text}
                    </Link>
                  ) : (
                    text
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
