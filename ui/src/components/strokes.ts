/** Keys as data: `/`, `Shift+ArrowLeft`, `Mod+k`, where Mod is Ctrl, or Command on a Mac. */
export type Strokes = readonly string[];

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "getModifierState">;

export function isPressed(event: Pressed, strokes: Strokes): boolean {
  // AltGr, with which some keyboards type signs, also reads as Ctrl and Alt.
  const types = event.getModifierState("AltGraph");
  const mod = !types && (event.ctrlKey || event.metaKey);
  const alt = !types && event.altKey;
  return strokes.some((stroke) => {
    const { key, held } = partsOf(stroke);
    return (
      event.key.toLowerCase() === key.toLowerCase() &&
      mod === held.includes("Mod") &&
      !alt &&
      (isSign(key) || event.shiftKey === held.includes("Shift"))
    );
  });
}

export function partsOf(stroke: string): { key: string; held: string[] } {
  const parts = stroke.split("+");
  return { key: parts.at(-1) ?? "", held: parts.slice(0, -1) };
}

/** Whether Shift belongs to it depends on the keyboard. */
const isSign = (key: string): boolean => /^[^\p{L}\p{N}\s]$/u.test(key);

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Whether a key without Ctrl would be text in what has the focus. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest(FIELDS) !== null;

export const isModal = (): boolean => document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
