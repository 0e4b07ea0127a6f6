import { useEffect, useRef } from "react";
import { gridKeys } from "../../components/gridKeys";
import { panelKeys } from "../../components/SidePanel";
import { isModal, isPressed, isTyping, partsOf, type Strokes } from "../../components/strokes";
import type { Translate } from "../../i18n";

/** Every key there is, by where it works. The handlers and the sheet that lists them read it here. */
export const keysByArea = {
  anywhere: { palette: ["Mod+k"], search: ["/"], sheet: ["?"], leave: ["Escape"] },
  list: gridKeys,
  details: panelKeys,
} as const satisfies Record<string, Record<string, Strokes>>;

export type Area = keyof typeof keysByArea;
type KeysOf<A> = A extends Area ? keyof (typeof keysByArea)[A] : never;
export type KeyId = KeysOf<Area>;

export const areas = Object.keys(keysByArea) as Area[];
export const keysOf = (area: Area) => Object.entries(keysByArea[area]) as Array<[KeyId, Strokes]>;

/** Runs at these keys wherever the focus is, but for dialogs and, without Ctrl, fields that are typed in. */
export function useKeys(strokes: Strokes, run: () => void): void {
  const newest = useRef(run);
  newest.current = run;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isPressed(event, strokes) || isModal()) return;
      if (isTyping(event.target) && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      newest.current();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [strokes]);
}

const isMac = (): boolean => navigator.userAgent.includes("Mac OS");
const printed: Record<string, string> = { Escape: "Esc", PageUp: "Page Up", PageDown: "Page Down" };
const named = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"] as const;

/** What is printed on the keys of a stroke. */
export function keyWords(stroke: string, t: Translate): string[] {
  const { key, held } = partsOf(stroke);
  const arrow = named.find((name) => name === key);
  const word = arrow ? t(`keys.name.${arrow}`) : key === " " ? t("keys.name.space") : (printed[key] ?? capital(key));
  return [...held.map((name) => (name === "Mod" ? (isMac() ? "⌘" : "Ctrl") : name)), word];
}

const capital = (key: string): string => (key.length === 1 ? key.toLocaleUpperCase("en") : key);

/** The same for assistive technology. */
export const ariaKeys = (...strokes: Strokes): string =>
  strokes
    .flatMap((stroke) => {
      const spoken = stroke.replace(/[a-z]$/, capital);
      return spoken.includes("Mod") ? [spoken.replace("Mod", "Control"), spoken.replace("Mod", "Meta")] : spoken;
    })
    .join(" ");
