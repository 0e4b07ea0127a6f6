import type { ErrorBody, SettingView } from "../../api/bindings";
import { errorWords } from "../../components/errors";
import type { Translate } from "../../i18n";
import en from "../../i18n/en.json";

const INVALID_SETTING = "invalid_setting";
/** What a choice that nobody made is called in the catalogues. */
const UNSET = "unset";

/** The words of a setting; one that the catalogue does not know yet is called by its key. */
export function settingWords(setting: SettingView, t: Translate): { label: string; help: string | undefined } {
  const known = at(en.setting, setting.key) !== undefined;
  if (!known) return { label: setting.key, help: undefined };
  return {
    label: t(`setting.${setting.key}.label` as "setting.language.label"),
    help: t(`setting.${setting.key}.help` as "setting.language.help"),
  };
}

/**
 * Why a setting was not saved, for who has just typed it: what the engine says of a value that cannot be used is for who
 * looks for where it was set.
 */
export function refusalWords(setting: SettingView, error: ErrorBody, t: Translate): string {
  const { message, hint } = errorWords(error, t);
  if (error.code !== INVALID_SETTING) return [message, hint].filter(Boolean).join(" ");
  const known = at(en.setting, `${setting.key}.wrong`) !== undefined;
  return known ? t(`setting.${setting.key}.wrong` as "setting.desktop.quiet_hours.wrong") : message;
}

/** What decides a setting that cannot be edited here; null for one that can. */
export function lockWords(setting: SettingView, t: Translate): string | null {
  if (!setting.locked) return null;
  switch (setting.source) {
    case "flag":
      return t("settings.locked_flag");
    case "environment":
      return t("settings.locked_environment", { variable: setting.variable });
    default:
      return t("settings.locked_policy");
  }
}

export function choiceWords(setting: SettingView, value: string, t: Translate): string {
  if (setting.input === "boolean") return t(value === "true" ? "settings.on" : "settings.off");
  const choice = `${setting.key}.${value || UNSET}`;
  const known = at(en.choice, choice) !== undefined;
  return known ? t(`choice.${choice}` as "choice.language.en") : value;
}

function at(tree: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, part) => {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return undefined;
    return (node as Record<string, unknown>)[part];
  }, tree);
}
