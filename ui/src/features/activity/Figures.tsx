import { Link, Select, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { DataTrending48Regular } from "@fluentui/react-icons/headless/svg/data-trending";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Insights, Kind, StageSum } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { keys } from "../../api/keys";
import { Failure, Placeholder } from "../../components/states";
import { type Translate, term, useWords } from "../../i18n";
import { count, money } from "../../i18n/format";
import { currencyWord, NO_CURRENCY } from "../referrals/filter";
import type { ChartColor } from "./chart";
import { FigureCard } from "./FigureCard";
import styles from "./Figures.module.css";
import {
  answersOf,
  closedOf,
  closedQuery,
  ENDS,
  type End,
  EXPIRED,
  hasNothing,
  KINDS,
  pipelineOf,
  receivedOf,
  receivedQuery,
  stageQuery,
  sum,
  winRate,
} from "./figureData";
import { hoursWords, monthWords, percent, shortMonth } from "./figureWords";
import { useOpenList } from "./openList";

const kindColors: Record<Kind, ChartColor> = {
  "co-sell": "blue",
  marketplace: "green",
  "solution-provider": "orange",
  other: "grey",
};
const endColors: Record<End, ChartColor> = { won: "green", lost: "red", declined: "grey", expired: "orange" };

/** How business goes: the pipeline, what came, how it ended, and how fast it was answered. */
export default function Figures() {
  const { t } = useWords();
  const call = useCall();
  const profile = useSnapshot().profile.id;
  const insights = useQuery({ queryKey: keys.insights(profile), queryFn: () => call("insights", {}) });
  if (!insights.data) {
    return insights.isError ? (
      <Failure title={t("insights.failed_title")} error={insights.error} onRetry={() => void insights.refetch()} />
    ) : (
      <Skeleton className={styles.figures} aria-busy="true" aria-label={t("referrals.loading_row")}>
        <SkeletonItem size={72} />
        <SkeletonItem size={128} />
        <SkeletonItem size={128} />
      </Skeleton>
    );
  }
  if (hasNothing(insights.data)) {
    return (
      <Placeholder icon={<DataTrending48Regular />} title={t("insights.empty_title")} text={t("insights.empty_text")} />
    );
  }
  return (
    <div className={styles.figures}>
      <Overall figures={insights.data} />
      <div className={styles.cards}>
        <Pipeline figures={insights.data} />
        <ReceivedByKind figures={insights.data} />
        <Ends figures={insights.data} />
        <Answers figures={insights.data} />
      </div>
    </div>
  );
}

type Props = { figures: Insights };

function Overall({ figures: { median_answer_hours, answered, expired, closed } }: Props) {
  const { t, locale } = useWords();
  const open = useOpenList();
  const [won, lost] = [sum(closed.map((month) => month.won)), sum(closed.map((month) => month.lost))];
  const rate = winRate({ won, lost });
  return (
    <dl className={styles.overall} aria-label={t("insights.overall")}>
      <div>
        <dt>{t("insights.median")}</dt>
        <dd>{median_answer_hours === null ? t("insights.none") : hoursWords(median_answer_hours, locale)}</dd>
        <dd className={styles.small}>{t("insights.answered_count", { count: answered })}</dd>
      </div>
      <div>
        <dt>{t("insights.rate")}</dt>
        <dd>{rate === null ? t("insights.none") : percent(rate, locale)}</dd>
        <dd className={styles.small}>{t("insights.won_of", { won, count: won + lost })}</dd>
      </div>
      <div>
        <dt>{t("insights.missed")}</dt>
        <dd>
          {expired > 0 ? (
            <Link
              className={styles.large}
              aria-label={`${t("insights.missed")}: ${count(expired, locale)}`}
              onClick={() => open(EXPIRED)}
            >
              {count(expired, locale)}
            </Link>
          ) : (
            count(expired, locale)
          )}
        </dd>
        <dd className={styles.small}>{t("insights.missed_text")}</dd>
      </div>
    </dl>
  );
}

function stageWords({ status, substatus }: StageSum, t: Translate): string {
  const words = [status && term(t, "status", status), substatus && term(t, "substatus", substatus)].filter(Boolean);
  return words.join(" · ") || t("common.not_given");
}

function Pipeline({ figures }: Props) {
  const { t, locale } = useWords();
  const [chosen, setChosen] = useState("");
  const currencies = pipelineOf(figures.pipeline);
  const shown = currencies.find(({ currency }) => (currency ?? NO_CURRENCY) === chosen) ?? currencies[0];
  if (!shown) return null;
  const valueWords = ({ value, currency }: StageSum) =>
    value === null ? t("referrals.no_value") : money(value, currency, locale);
  const currencyWords = (currency: string | null) => currencyWord(currency ?? NO_CURRENCY, t);
  return (
    <FigureCard
      chart={{
        title: t("insights.pipeline"),
        series: [{ id: "value", label: t("insights.value"), color: "blue", query: null }],
        bars: shown.stages.map((stage) => {
          const words = stageWords(stage, t);
          const amount = `${valueWords(stage)} · ${t("referrals.shown", { count: stage.referrals })}`;
          const value = shown.currency === null ? stage.referrals : Number(stage.value ?? 0);
          return { label: words, title: words, cells: [{ value, shown: amount, query: stageQuery(stage) }] };
        }),
      }}
      note={shown.currency === null ? t("insights.referrals") : t("insights.value_in", { currency: shown.currency })}
      table={{
        head: [t("insights.stage"), t("insights.currency"), t("insights.referrals"), t("insights.value")],
        rows: currencies.flatMap(({ currency, stages }) =>
          stages.map((stage) => ({
            id: `${currency} ${stage.status} ${stage.substatus}`,
            cells: [
              { text: stageWords(stage, t) },
              { text: currencyWords(currency) },
              { text: count(stage.referrals, locale), query: stageQuery(stage) },
              { text: valueWords(stage), query: stageQuery(stage) },
            ],
          })),
        ),
      }}
      control={
        currencies.length > 1 && (
          <Select
            size="small"
            aria-label={t("insights.currency")}
            value={shown.currency ?? NO_CURRENCY}
            onChange={(_, { value }) => setChosen(value)}
          >
            {currencies.map(({ currency }) => (
              <option key={currency} value={currency ?? NO_CURRENCY}>
                {currencyWords(currency)}
              </option>
            ))}
          </Select>
        )
      }
    />
  );
}

function ReceivedByKind({ figures }: Props) {
  const { t, locale } = useWords();
  const months = receivedOf(figures.received);
  const [first, last] = [months[0]?.month, months.at(-1)?.month];
  if (first === undefined || last === undefined) return null;
  const kinds = KINDS.filter((kind) => months.some((month) => (month.kinds[kind] ?? 0) > 0));
  const cells = (month: string, counts: Partial<Record<Kind, number>>) =>
    kinds.map((kind) => {
      const value = counts[kind] ?? 0;
      return { value, shown: count(value, locale), query: value > 0 ? receivedQuery(kind, month) : null };
    });
  const words = (kind: Kind) => term(t, "kind", kind);
  return (
    <FigureCard
      chart={{
        title: t("insights.received"),
        series: kinds.map((kind) => ({
          id: kind,
          label: words(kind),
          color: kindColors[kind],
          query: receivedQuery(kind, first, last),
        })),
        bars: months.map(({ month, kinds: counts }) => ({
          label: shortMonth(month, locale),
          title: monthWords(month, locale),
          cells: cells(month, counts),
        })),
      }}
      table={{
        head: [t("insights.month"), ...kinds.map(words)],
        rows: months.map(({ month, kinds: counts }) => ({
          id: month,
          cells: [
            { text: monthWords(month, locale) },
            ...cells(month, counts).map(({ shown, query }) => ({ text: shown, query })),
          ],
        })),
      }}
    />
  );
}

function Ends({ figures }: Props) {
  const { t, locale } = useWords();
  const months = closedOf(figures.closed);
  const [first, last] = [months[0]?.month, months.at(-1)?.month];
  if (first === undefined || last === undefined) return null;
  const words = (substatus: string) => term(t, "substatus", substatus);
  const rateWords = (rate: number | null) => (rate === null ? "–" : percent(rate, locale));
  return (
    <FigureCard
      chart={{
        title: t("insights.closed"),
        series: ENDS.map(([end, substatus]) => ({
          id: end,
          label: words(substatus),
          color: endColors[end],
          query: closedQuery(end, first, last),
        })),
        bars: months.map((month) => {
          const title = monthWords(month.month, locale);
          return {
            label: shortMonth(month.month, locale),
            title: month.rate === null ? title : `${title} · ${t("insights.rate")} ${percent(month.rate, locale)}`,
            cells: ENDS.map(([end]) => ({
              value: month[end],
              shown: count(month[end], locale),
              query: closedQuery(end, month.month),
            })),
          };
        }),
      }}
      table={{
        head: [t("insights.month"), ...ENDS.map(([, substatus]) => words(substatus)), t("insights.rate")],
        rows: months.map((month) => ({
          id: month.month,
          cells: [
            { text: monthWords(month.month, locale) },
            ...ENDS.map(([end]) => ({
              text: count(month[end], locale),
              query: month[end] > 0 ? closedQuery(end, month.month) : null,
            })),
            { text: rateWords(month.rate) },
          ],
        })),
      }}
    />
  );
}

function Answers({ figures }: Props) {
  const { t, locale } = useWords();
  const months = answersOf(figures.answers);
  if (months.length === 0) return null;
  const words = (hours: number | null) => (hours === null ? "–" : hoursWords(hours, locale));
  return (
    <FigureCard
      chart={{
        title: t("insights.answers"),
        series: [{ id: "median", label: t("insights.median"), color: "blue", query: null }],
        bars: months.map(({ month, median_hours }) => ({
          label: shortMonth(month, locale),
          title: monthWords(month, locale),
          cells: [{ value: median_hours ?? 0, shown: words(median_hours), query: null }],
        })),
      }}
      note={t("insights.answers_text")}
      table={{
        head: [t("insights.month"), t("insights.answered"), t("insights.median")],
        rows: months.map(({ month, answered, median_hours }) => ({
          id: month,
          cells: [
            { text: monthWords(month, locale) },
            { text: count(answered, locale) },
            { text: words(median_hours) },
          ],
        })),
      }}
    />
  );
}
