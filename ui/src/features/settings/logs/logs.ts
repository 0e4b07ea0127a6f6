import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ErrorBody, LogFilter, LogLine, LogPage } from "../../../api/bindings";
import { useCall } from "../../../api/hooks";

const PAGE = 100;
const LOOK_MS = 1_000;
/** So many new lines are held; then the list begins anew at its end. */
const MOST_NEW = 1_000;

export type Logs = {
  lines: LogLine[];
  programs: string[];
  isLoading: boolean;
  isReading: boolean;
  hasOlder: boolean;
  readOlder: () => void;
  error: ErrorBody | null;
  retry: () => void;
};

/** The lines that pass a filter, newest first; while followed, new ones come on top as long as the page is seen. */
export function useLogs(filter: LogFilter, follows: boolean): Logs {
  const call = useCall();
  const queries = useQueryClient();
  const { level = null, program = null, text = null } = filter;
  const queryKey = ["logs", level, program, text];
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => call("logs", { filter, before: pageParam, limit: PAGE }),
    initialPageParam: null as string | null,
    getNextPageParam: (last: LogPage) => last.next,
    staleTime: 0,
    gcTime: 0,
  });
  const { data, isFetching, hasNextPage, fetchNextPage } = query;

  // A page without lines has looked through its share of the files, and the next one goes on.
  const last = data?.pages.at(-1);
  useEffect(() => {
    if (last?.lines.length === 0 && last.next !== null && !isFetching) void fetchNextPage();
  }, [last, isFetching, fetchNextPage]);

  const newest = data?.pages[0]?.newest;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filter
  useEffect(() => {
    if (!follows || newest === undefined) return;
    let given_up = false;
    const timer = setInterval(async () => {
      if (document.visibilityState === "hidden") return;
      const page = await call("newer_logs", { filter, after: newest, limit: PAGE }).catch(() => null);
      if (given_up || page === null || page.newest === newest) return;
      const held = queries.getQueryData<InfiniteData<LogPage>>(queryKey);
      if ((held?.pages[0]?.lines.length ?? 0) > MOST_NEW) void queries.resetQueries({ queryKey });
      else queries.setQueryData<InfiniteData<LogPage>>(queryKey, (data) => data && onTop(page, data));
    }, LOOK_MS);
    return () => {
      given_up = true;
      clearInterval(timer);
    };
  }, [follows, newest, call, queries, ...queryKey]);

  return {
    lines: data?.pages.flatMap((page) => page.lines) ?? [],
    programs: data?.pages[0]?.programs ?? [],
    isLoading: query.isLoading,
    isReading: isFetching,
    hasOlder: hasNextPage,
    readOlder: () => void fetchNextPage(),
    error: query.error,
    retry: () => void query.refetch(),
  };
}

function onTop(newer: LogPage, data: InfiniteData<LogPage>): InfiniteData<LogPage> {
  const [first, ...rest] = data.pages;
  if (!first) return data;
  const joined = { ...first, ...newer, lines: [...newer.lines, ...first.lines], next: first.next };
  return { ...data, pages: [joined, ...rest] };
}
