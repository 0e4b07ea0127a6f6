import type {
  Insights,
  Kind,
  MonthOfAnswers,
  MonthOfClosed,
  MonthOfKind,
  ReferralQuery,
  StageSum,
} from "../../api/bindings";
import { NO_CURRENCY } from "../referrals/filter";

export const KINDS: Kind[] = ["co-sell", "marketplace", "solution-provider", "other"];
/** How referrals end, with the substatus that says so. */
export const ENDS = [
  ["won", "Won"],
  ["lost", "Lost"],
  ["declined", "Declined"],
  ["expired", "Expired"],
] as const;
export type End = (typeof ENDS)[number][0];

/** In the order a referral goes through them; later words of the service come last. */
const STAGES = ["New", "Active", "Closed"];

export type Currency = { currency: string | null; referrals: number; stages: StageSum[] };
export type Received = { month: string; kinds: Partial<Record<Kind, number>> };
export type Closed = MonthOfClosed & { rate: number | null };
export type Answers = Omit<MonthOfAnswers, "median_hours"> & { median_hours: number | null };

export const hasNothing = (figures: Insights): boolean =>
  figures.pipeline.length + figures.received.length + figures.closed.length + figures.answers.length === 0 &&
  figures.answered + figures.expired === 0;

/** A pipeline per currency, the one with the most referrals first: amounts are never added up across them. */
export function pipelineOf(stages: StageSum[]): Currency[] {
  const place = ({ status }: StageSum) => (STAGES.indexOf(status ?? "") + STAGES.length + 1) % (STAGES.length + 1);
  return [...new Set(stages.map(({ currency }) => currency))]
    .map((currency) => {
      const own = stages
        .filter((stage) => stage.currency === currency)
        .sort((a, b) => place(a) - place(b) || b.referrals - a.referrals);
      return { currency, referrals: sum(own.map(({ referrals }) => referrals)), stages: own };
    })
    .sort((a, b) => Number(a.currency === null) - Number(b.currency === null) || b.referrals - a.referrals);
}

/** What a stage's bar opens; null where no filter finds exactly its referrals. */
export function stageQuery({ status, substatus, currency }: StageSum): ReferralQuery | null {
  if (status === null || !STAGES.includes(status) || substatus === null) return null;
  return { status, substatus, currency: currency ?? NO_CURRENCY };
}

/** How many came each month, by kind; a month without any is a month too. */
export function receivedOf(counts: MonthOfKind[]): Received[] {
  return everyMonth(counts).map((month) => {
    const own = counts.filter((count) => count.month === month);
    return { month, kinds: Object.fromEntries(own.map(({ kind, referrals }) => [kind, referrals])) };
  });
}

export function receivedQuery(kind: Kind, from: string, to = from): ReferralQuery {
  return { status: "All", kind, created_from: firstDay(from), created_to: lastDay(to) };
}

/** How they ended each month. */
export function closedOf(counts: MonthOfClosed[]): Closed[] {
  return everyMonth(counts).map((month) => {
    const own = counts.find((count) => count.month === month) ?? { month, won: 0, lost: 0, declined: 0, expired: 0 };
    return { ...own, rate: winRate(own) };
  });
}

export function closedQuery(end: End, from: string, to = from): ReferralQuery {
  const substatus = ENDS.find(([id]) => id === end)?.[1] ?? null;
  return { status: "Closed", substatus, closed_from: firstDay(from), closed_to: lastDay(to) };
}

export const EXPIRED: ReferralQuery = { status: "Closed", substatus: "Expired" };

/** The share of the deals that were won among those that were decided. */
export function winRate({ won, lost }: { won: number; lost: number }): number | null {
  return won + lost === 0 ? null : won / (won + lost);
}

export function answersOf(months: MonthOfAnswers[]): Answers[] {
  return everyMonth(months).map(
    (month) => months.find((one) => one.month === month) ?? { month, answered: 0, median_hours: null },
  );
}

export const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** From the first to the last, without a gap. */
function everyMonth(given: Array<{ month: string }>): string[] {
  const names = given.map(({ month }) => month).sort();
  const [first] = names;
  const last = names.at(-1);
  const months: string[] = [];
  for (let month = first; month !== undefined && last !== undefined && month <= last; month = next(month)) {
    months.push(month);
  }
  return months;
}

const dayOf = (month: string, monthsOn: number, day: number): string => {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year ?? 0, (number ?? 1) - 1 + monthsOn, day)).toISOString().slice(0, 10);
};
const next = (month: string) => dayOf(month, 1, 1).slice(0, 7);
const firstDay = (month: string) => dayOf(month, 0, 1);
const lastDay = (month: string) => dayOf(month, 1, 0);
