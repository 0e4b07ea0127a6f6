import type { Strokes } from "./strokes";

/** What the keyboard does in a list. */
export const gridKeys = {
  row_below: ["ArrowDown"],
  row_above: ["ArrowUp"],
  cell_before: ["ArrowLeft"],
  cell_after: ["ArrowRight"],
  first_row: ["Home"],
  last_row: ["End"],
  page_down: ["PageDown"],
  page_up: ["PageUp"],
  open_row: ["Enter", " "],
  mark: [" "],
  extend_below: ["Shift+ArrowDown"],
  extend_above: ["Shift+ArrowUp"],
  mark_all: ["Mod+a"],
  narrower: ["Shift+ArrowLeft"],
  wider: ["Shift+ArrowRight"],
  close_details: ["Escape"],
} as const satisfies Record<string, Strokes>;
