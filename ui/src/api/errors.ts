import { isErrorBody } from "../platform";
import type { ErrorBody } from "./bindings";

/** Code of a failure that did not come from the engine; the page has words of its own for it. */
export const UNEXPECTED = "unexpected";

export function toErrorBody(thrown: unknown): ErrorBody {
  if (isErrorBody(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: UNEXPECTED, message, hint: null, retry: "now" };
}
