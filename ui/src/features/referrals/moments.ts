import { useEffect, useRef, useState } from "react";

const LONGEST = 60_000;
const JUST_NOW = 1_000;

/**
 * The wall clock for words about a moment, read again when they stop being true: `holds` tells after how many
 * milliseconds that is, null for never. It is looked at once a minute at least, since timers stand still while a computer sleeps.
 */
export function useMoments(moment: string | null, holds: (now: number) => number | null): number {
  const [now, setNow] = useState(() => Date.now());
  const ask = useRef(holds);
  useEffect(() => {
    ask.current = holds;
  });
  const counting = holds(now) !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another moment is counted down to from now on
  useEffect(() => {
    if (!counting) return;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (read: number) => {
      const left = ask.current(read);
      if (left !== null) timer = setTimeout(tick, Math.min(left - (Date.now() - read), LONGEST));
    };
    const tick = () => {
      clearTimeout(timer);
      const read = Date.now();
      setNow(read);
      wait(read);
    };
    // Where it was read just now, as for all rows of a list, nothing is drawn twice.
    if (Date.now() - now < JUST_NOW) wait(now);
    else tick();
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [counting, moment]);
  return now;
}
