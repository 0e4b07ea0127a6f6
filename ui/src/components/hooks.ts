import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

/** The wall clock, read again every `interval` milliseconds and whenever the window is looked at. */
export function useNow(interval: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = () => setNow(Date.now());
    const timer = setInterval(tick, interval);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [interval]);
  return now;
}

/** The wall clock for words that count down to a moment: by the second in its last minute, otherwise by the minute. */
export function useCountdown(moment: string | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      clearTimeout(timer);
      const read = Date.now();
      setNow(read);
      const left = moment === null ? Number.NaN : new Date(moment).getTime() - read;
      timer = setTimeout(tick, left > 0 ? Math.min(Math.max(left - 60_000, 1_000), 60_000) : 60_000);
    };
    tick();
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [moment]);
  return now;
}

/** True once something has held for so long: what is over before that need not be shown. */
export function useLasting(holds: boolean, delay: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = setTimeout(() => setLasts(true), delay);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [holds, delay]);
  return holds && lasts;
}

export function useDebounced<T>(value: T, delay: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}

/** The newest value once it is `ready`, or once it has waited for so many milliseconds; until then the one before. */
export function useHeld<T>(value: T, ready: boolean, longest: number): T {
  const [held, setHeld] = useState(value);
  const late = useLasting(held !== value && !ready, longest);
  if (held === value || !(ready || late)) return held;
  setHeld(value);
  return value;
}

/** State of this window that survives a restart; `accept` refuses what an older version left behind. */
export function useStored<T>(key: string, initial: T, accept: (stored: unknown) => stored is T) {
  const [value, setValue] = useState<T>(() => readStored(key, initial, accept));
  useKept(key, value);
  return [value, setValue] as const;
}

export function readStored<T>(key: string, initial: T, accept: (stored: unknown) => stored is T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return accept(stored) ? stored : initial;
  } catch {
    return initial;
  }
}

/** Stores a value of this window whenever it changes. */
export function useKept<T>(key: string, value: T): void {
  const kept = useRef(value);
  useEffect(() => {
    if (kept.current === value) return;
    kept.current = value;
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // A full or forbidden storage costs the memory of this choice, nothing else.
    }
  }, [key, value]);
}

/** How wide an element is; undefined until it is laid out. */
export function useWidth<E extends Element>() {
  const element = useRef<E>(null);
  const [width, setWidth] = useState<number>();
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width] as const;
}

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}
