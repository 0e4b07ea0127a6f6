import type { LogLine } from "../../../api/bindings";

/** The lines as they are pasted into a mail: the oldest first. */
export function asText(lines: LogLine[]): string {
  return lines
    .map(({ at, level, program, event, run_id, text }) =>
      [at, level.toUpperCase(), program, event, run_id && `run_id=${run_id}`, text].filter(Boolean).join(" "),
    )
    .reverse()
    .join("\n");
}
