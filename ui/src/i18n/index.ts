import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../api/bindings";
import en from "./en.json";
import tr from "./tr.json";
import type { Translate } from "./words";

export { type Translate, useWords, WordsProvider } from "./words";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export function createTranslations(language: Language): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { translation: en }, tr: { translation: tr } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return instance;
}

export function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("tr") ? "tr" : "en";
}

/** Vocabularies of the service: a word that is not in the catalogue is shown as it came. */
export type Vocabulary =
  | "kind"
  | "kind_long"
  | "link"
  | "link_long"
  | "status"
  | "substatus"
  | "qualification"
  | "direction"
  | "reason"
  | "cause"
  | "field"
  | "type";

/** The keys of each, by their words in small letters. */
const vocabularies = new Map<Vocabulary, Map<string, "status.New">>();

export function term(t: Translate, vocabulary: Vocabulary, word: string): string {
  let keys = vocabularies.get(vocabulary);
  if (!keys) {
    keys = new Map(
      Object.keys(en[vocabulary]).map((key) => [key.toLowerCase(), `${vocabulary}.${key}` as "status.New"]),
    );
    vocabularies.set(vocabulary, keys);
  }
  const known = keys.get(word.toLowerCase());
  return known === undefined ? word : t(known);
}
