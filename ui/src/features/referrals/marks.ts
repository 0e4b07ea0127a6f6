import { useCallback, useRef, useState } from "react";
import type { ReferralQuery, ReferralRow } from "../../api/bindings";
import type { Rows } from "../../api/windows";
import { useFailure } from "../../components/notices";

/** How many rows are marked at once with "all": they have to be read for it. */
export const MOST = 1000;

const none: ReadonlySet<string> = new Set();

export type Marks = ReturnType<typeof useMarks>;

/** Which of the rows are marked to do something with all of them; by id, so that a new order or a sync keeps them. */
export function useMarks(rows: Rows<ReferralQuery, ReferralRow>, question: string, currentId: string | null) {
  const fail = useFailure();
  const [held, setHeld] = useState({ question, ids: none });
  if (held.question !== question) setHeld({ question, ids: none });
  /** Where a stretch of rows begins, and what was marked before it. */
  const anchor = useRef<{ id: string | undefined; index: number; base: ReadonlySet<string> } | null>(null);
  const asked = useRef(0);

  const { ids } = held;
  const total = rows.total ?? 0;
  const most = Math.min(total, MOST);
  const all: boolean | "mixed" = ids.size === 0 ? false : ids.size >= most ? true : "mixed";
  const set = (next: ReadonlySet<string>) => setHeld({ question, ids: next });
  const idAt = (index: number) => rows.rowAt(index)?.referral_id;

  /** Only the newest stretch counts, whichever is read first. */
  const markBetween = async (first: number, last: number, base: ReadonlySet<string>) => {
    asked.current += 1;
    const own = asked.current;
    try {
      const between = await rows.between(first, last);
      if (asked.current === own) set(new Set([...base, ...between.map(({ referral_id }) => referral_id)]));
    } catch (thrown) {
      fail(thrown);
    }
  };
  const clear = () => {
    asked.current += 1;
    anchor.current = null;
    set(none);
  };
  /** Another row was chosen: the next stretch begins there. */
  const forgetAnchor = useCallback(() => {
    anchor.current = null;
  }, []);
  const markAll = () => void markBetween(0, most - 1, none);

  return {
    ids,
    all,
    most,
    toggle: (id: string, index: number) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      asked.current += 1;
      anchor.current = { id, index, base: next };
      set(next);
    },
    extend: (to: number, from: number | null) => {
      if (anchor.current === null) {
        const index = from ?? (currentId === null ? undefined : rows.indexOf(currentId)) ?? to;
        anchor.current = { id: idAt(index), index, base: ids };
      }
      const { id, index, base } = anchor.current;
      const start = (id === undefined ? undefined : rows.indexOf(id)) ?? index;
      void markBetween(Math.min(start, to), Math.max(start, to), base);
    },
    forgetAnchor,
    markAll,
    toggleAll: () => (all === true ? clear() : markAll()),
    clear,
  };
}
