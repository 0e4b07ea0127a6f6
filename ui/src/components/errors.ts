import type { ErrorBody } from "../api/bindings";
import { UNEXPECTED } from "../api/errors";
import type { Translate } from "../i18n";

/** The engine speaks the user's language; only what did not come from it needs words of the page. */
export function errorWords(error: ErrorBody, t: Translate): { message: string; hint: string | null } {
  if (error.code !== UNEXPECTED) return { message: error.message, hint: error.hint };
  return { message: t("start.unexpected"), hint: t("start.unexpected_hint", { detail: error.message }) };
}
