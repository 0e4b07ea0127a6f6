import { useEffect, useMemo, useState } from "react";
import { useSnapshot } from "../../api/hooks";
import { useDebounced, useStored } from "../../components/hooks";
import type { Selection } from "../frame/selection";

const PAUSE = 300;

type Place = { id: string | null; row: number };
const top: Place = { id: null, row: 0 };
const isPlace = (stored: unknown): stored is Place =>
  typeof stored === "object" &&
  stored !== null &&
  "id" in stored &&
  (stored.id === null || typeof stored.id === "string") &&
  "row" in stored &&
  Number.isSafeInteger(stored.row) &&
  Number(stored.row) >= 0;

/** Where in the list a person is: remembered a moment after they have come to rest, and found again later. */
export function usePlace({ id, select }: Selection, firstRow: number | null): number {
  const profile = useSnapshot().profile.id;
  const [stored, store] = useStored(`referrals.place.${profile}`, top, isPlace);
  const [start] = useState(stored);
  const [restored, setRestored] = useState(false);
  useEffect(() => {
    if (restored) return;
    setRestored(true);
    if (id === null && start.id !== null) select(start.id);
  }, [restored, id, start, select]);

  const here = useMemo(() => (firstRow === null ? null : { id, row: firstRow }), [id, firstRow]);
  const settled = useDebounced(here, PAUSE);
  useEffect(() => {
    if (settled) store(settled);
  }, [settled, store]);
  return start.row;
}
