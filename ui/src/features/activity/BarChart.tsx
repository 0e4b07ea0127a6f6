import { VerticalStackedBarChart, type VSChartDataPoint } from "@fluentui/react-charts";
import type { ReferralQuery } from "../../api/bindings";
import type { Cell, Chart } from "./chart";
import styles from "./Figures.module.css";
import { roughly } from "./figureWords";

const HEIGHT = 240;
const MARGINS = { top: 12, right: 12, bottom: 32, left: 52 };

type Props = { chart: Chart; width: number; locale: string; onOpen: (query: ReferralQuery) => void };

/** Kept out of the start-up bundle: it brings the chart library along. */
export default function BarChart({ chart, width, locale, onOpen }: Props) {
  const cells = new Map<unknown, Cell>();
  const data = chart.bars.map((bar) => ({
    xAxisPoint: bar.label,
    xAxisCalloutData: bar.title,
    chartData: bar.cells.map((cell, place) => {
      const series = chart.series[place];
      const point: VSChartDataPoint = {
        legend: series?.label ?? "",
        color: `var(--chart-${series?.color})`,
        data: cell.value,
        xAxisCalloutData: bar.title,
        yAxisCalloutData: cell.shown,
        callOutAccessibilityData: { ariaLabel: `${bar.title}, ${series?.label}: ${cell.shown}` },
      };
      cells.set(point, cell);
      return point;
    }),
  }));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: gives the bars, which are the controls, the Enter key
    <div
      className={styles.chart}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.target instanceof SVGElement)) return;
        event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      }}
    >
      <VerticalStackedBarChart
        chartTitle={chart.title}
        data={data}
        width={width}
        height={HEIGHT}
        margins={MARGINS}
        barWidth="auto"
        maxBarWidth={32}
        xAxisInnerPadding={0.35}
        roundedTicks
        hideLegend
        hideLabels
        culture={locale}
        yAxisTickFormat={(value: number) => roughly(value, locale)}
        onBarClick={(_, point) => {
          const query = cells.get(point)?.query;
          if (query) onOpen(query);
        }}
      />
    </div>
  );
}
