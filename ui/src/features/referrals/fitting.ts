import { useLayoutEffect, useRef, useState } from "react";

/** How many things of these widths fit side by side into a width; what does not is behind one more, of the width `rest`. */
export function howManyFit(widths: number[], rest: number, gap: number, width: number): number {
  let taken = -gap;
  const ends = widths.map((one) => {
    taken += gap + one;
    return taken;
  });
  return taken <= width ? widths.length : ends.filter((end) => end + gap + rest <= width).length;
}

/** How many of an element's children fit into it before the one that stands for the rest; all until it is laid out. */
export function useFitting<E extends Element>(children: number) {
  const element = useRef<E>(null);
  const [fitting, setFitting] = useState(Number.POSITIVE_INFINITY);
  useLayoutEffect(() => {
    const row = element.current;
    if (!row) return;
    const observer = new ResizeObserver(() => {
      const widths = [...row.children].map((child) => child.getBoundingClientRect().width);
      const gap = Number.parseFloat(getComputedStyle(row).columnGap) || 0;
      setFitting(howManyFit(widths.slice(0, children), widths[children] ?? 0, gap, row.clientWidth));
    });
    for (const box of [row, ...row.children]) observer.observe(box);
    return () => observer.disconnect();
  }, [children]);
  return [element, fitting] as const;
}
