import {
  type QueryFunction,
  type UseQueryResult,
  usePrefetchQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useDebounced } from "../components/hooks";
import type { ErrorBody } from "./bindings";
import type { Key } from "./keys";

const WINDOW = 50;
/** While the scrollbar is dragged, windows flying past are not asked for. */
const SCROLL_PAUSE = 40;
/** Rows around those in view that are read before somebody gets there. */
const AHEAD = WINDOW / 2;
/** How long windows out of view are kept: memory stays flat on a long list. */
const WINDOW_LIFE = 30_000;

type Span = { first: number; last: number };
type Window<Row> = { total: number; rows: Row[] };

/** Where the rows of a list come from. */
export type Source<Question, Row> = {
  key: (question: Question, limit: number, offset: number) => Key;
  read: (question: Question, limit: number, offset: number) => Promise<Window<Row>>;
  idOf: (row: Row) => string;
  /** At which place of the whole list a row is; missing where nobody asks. */
  placeOf?: (question: Question, id: string) => Promise<number | null>;
};

export type Rows<Question, Row> = {
  /** The question that the rows shown answer; the newest one only once its first window is here. */
  shown: Question;
  total: number | undefined;
  rowAt: (index: number) => Row | undefined;
  indexOf: (id: string) => number | undefined;
  /** Where it is in the whole list that is shown, read or not; null if it is not in it. */
  placeOf: (id: string) => Promise<number | null>;
  /** All rows between two places, both included, read where they are not yet known. */
  between: (first: number, last: number) => Promise<Row[]>;
  onRange: (first: number, last: number) => void;
  stale: boolean;
  error: ErrorBody | null;
  retry: () => void;
};

function windowIn<Question, Row>({ key, read }: Source<Question, Row>, question: Question, index: number) {
  const queryFn: QueryFunction<Window<Row>> = () => read(question, WINDOW, index * WINDOW);
  return { queryKey: key(question, WINDOW, index * WINDOW), queryFn, gcTime: WINDOW_LIFE };
}

/** Reads the first window of a list and keeps it current; tells whether there is an answer. */
export function useFirstWindow<Question, Row>(question: Question, source: Source<Question, Row>, enabled: boolean) {
  const queries = useQueryClient();
  const first = windowIn(source, question, 0);
  // Asked before anything is drawn for the question, not after.
  if (enabled && queries.getQueryState(first.queryKey) === undefined) void queries.prefetchQuery(first);
  const { isSuccess, isError } = useQuery({ ...first, enabled });
  return isSuccess || isError;
}

/** Rows of a list of any length, read in windows around what is in view. */
export function useWindows<Question, Row>(question: Question, source: Source<Question, Row>): Rows<Question, Row> {
  const { idOf, placeOf } = source;
  const windowOf = useCallback((asked: Question, index: number) => windowIn(source, asked, index), [source]);

  // Asked before the page is drawn for the new question, not after.
  usePrefetchQuery(windowOf(question, 0));
  const newest = useQuery(windowOf(question, 0));
  const [shown, setShown] = useState(question);
  if (shown !== question && (newest.isSuccess || newest.isError)) setShown(question);

  const [span, setSpan] = useState<Span>({ first: 0, last: 0 });
  const settled = useDebounced(span, SCROLL_PAUSE);
  const queries = useQueryClient();
  const known = (index: number) => queries.getQueryData(windowOf(shown, index).queryKey) !== undefined;
  const end = Math.max(settled.last, (newest.data?.total ?? 0) - 1);
  const near = { first: Math.max(0, settled.first - AHEAD), last: Math.min(settled.last + AHEAD, end) };
  const indexes = [...new Set([...windowsOf(near), ...windowsOf(span).filter(known)])].sort((a, b) => a - b);
  const { pages, total, error } = useQueries({
    queries: indexes.map((index) => windowOf(shown, index)),
    combine: combinePages<Row>,
  });

  const at = indexes.join();
  const byIndex = useMemo(
    () => new Map(at.split(",").map((index, place) => [Number(index), pages[place]] as const)),
    [at, pages],
  );
  const rowAt = useCallback(
    (index: number) => byIndex.get(Math.floor(index / WINDOW))?.rows[index % WINDOW],
    [byIndex],
  );
  const indexOf = useCallback(
    (id: string) => {
      for (const [index, page] of byIndex) {
        const place = page?.rows.findIndex((row) => idOf(row) === id) ?? -1;
        if (place >= 0) return index * WINDOW + place;
      }
      return undefined;
    },
    [byIndex, idOf],
  );
  const between = useCallback(
    async (first: number, last: number) => {
      const pages = await Promise.all(
        windowsOf({ first, last }).map((index) => queries.fetchQuery(windowOf(shown, index))),
      );
      const passed = first - (first % WINDOW);
      return pages.flatMap(({ rows }) => rows).slice(first - passed, last - passed + 1);
    },
    [queries, windowOf, shown],
  );
  const onRange = useCallback((first: number, last: number) => setSpan({ first, last }), []);

  return {
    shown,
    total: total ?? newest.data?.total,
    rowAt,
    indexOf,
    placeOf: useCallback(async (id: string) => (await placeOf?.(shown, id)) ?? null, [placeOf, shown]),
    between,
    onRange,
    stale: shown !== question,
    error: newest.error ?? error,
    retry: () => void newest.refetch(),
  };
}

function combinePages<Row>(results: Array<UseQueryResult<Window<Row>, ErrorBody>>) {
  const newest = results.filter(({ data }) => data).sort((a, b) => b.dataUpdatedAt - a.dataUpdatedAt)[0];
  return {
    pages: results.map(({ data }) => data),
    total: newest?.data?.total,
    error: results.find(({ error }) => error)?.error ?? null,
  };
}

function windowsOf({ first, last }: Span): number[] {
  const start = Math.floor(first / WINDOW);
  return Array.from({ length: Math.floor(last / WINDOW) - start + 1 }, (_, place) => start + place);
}
