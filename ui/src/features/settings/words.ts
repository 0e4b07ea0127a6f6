import type { SettingView } from "../../api/bindings";
import type { Translate } from "../../i18n";
import en from "../../i18n/en.json";

/** The words of a setting; one that the catalogue does not know yet is called by its key. */
export function settingWords(setting: SettingView, t: Translate): { label: string; help: string | undefined } {
  const known = at(en.setting, setting.key) !== undefined;
  if (!known) return { label: setting.key, help: undefined };
  return {
    label: t(`setting.${setting.key}.label` as "setting.language.label"),
    help: t(`setting.${setting.key}.help` as "setting.language.help"),
  };
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
  const known = at(en.choice, `${setting.key}.${value}`) !== undefined;
  return known ? t(`choice.${setting.key}.${value}` as "choice.language.en") : value;
}

function at(tree: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, part) => {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return undefined;
    return (node as Record<string, unknown>)[part];
  }, tree);
}
