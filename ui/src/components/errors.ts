import type { ErrorBody } from "../api/bindings";
import { UNEXPECTED } from "../api/errors";
import type { Translate } from "../i18n";
import { UNREACHABLE } from "../platform";

/** The engine speaks the user's language; only what did not come from it needs words of the page. */
export function errorWords(error: ErrorBody, t: Translate): { message: string; hint: string | null } {
  if (error.code === UNREACHABLE) return { message: t("start.unreachable"), hint: t("start.unreachable_hint") };
  if (error.code !== UNEXPECTED) return { message: error.message, hint: error.hint };
  return { message: t("start.unexpected"), hint: t("start.unexpected_hint", { detail: error.message }) };
}
