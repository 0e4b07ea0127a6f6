import { useEffect, useLayoutEffect, useRef } from "react";

/** In a dialog or panel: once that is gone the focus is where it was before, or in what is shown instead. */
export function ReturnFocus(): null {
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement;
  }, []);
  useEffect(
    () => () => {
      if (document.activeElement !== document.body) return;
      const { current } = before;
      const held = current instanceof HTMLElement && current !== document.body && current.isConnected ? current : null;
      (held ?? document.querySelector("main"))?.focus();
    },
    [],
  );
  return null;
}
