import { useEffect, useLayoutEffect, useRef } from "react";

type Props = {
  /** What leads there, where the focus was on something that is gone by then. */
  to?: React.RefObject<HTMLElement | null>;
};

/** In a dialog or panel: once that is gone the focus is where it was before, or in what is shown instead. */
export function ReturnFocus({ to }: Props): null {
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement;
  }, []);
  useEffect(
    () => () => {
      if (document.activeElement !== document.body) return;
      const current = to?.current ?? before.current;
      const held = current instanceof HTMLElement && current !== document.body && current.isConnected ? current : null;
      (held ?? document.querySelector("main"))?.focus();
    },
    [to],
  );
  return null;
}
