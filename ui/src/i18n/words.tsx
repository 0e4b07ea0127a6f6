import type { i18n } from "i18next";
import { createContext, useContext, useMemo } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";

export type Translate = ReturnType<typeof useTranslation<"translation">>["t"];

type Words = {
  t: Translate;
  /** For the dates and numbers beside the words. */
  locale: string;
};

const WordsContext = createContext<Words | null>(null);

/** The words for all within: asked for once, since a list has hundreds of places that need them. */
export function WordsProvider({ translations, children }: { translations: i18n; children: React.ReactNode }) {
  return (
    <I18nextProvider i18n={translations}>
      <Listening>{children}</Listening>
    </I18nextProvider>
  );
}

function Listening({ children }: { children: React.ReactNode }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const words = useMemo(() => ({ t: remembering(t), locale }), [t, locale]);
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** Looks each text without values up only once. */
function remembering(t: Translate): Translate {
  const known = new Map<string, string>();
  const remembered = (key: string, values?: Record<string, unknown>) => {
    if (values !== undefined) return t(key as "start.loading", values);
    let text = known.get(key);
    if (text === undefined) {
      text = t(key as "start.loading");
      known.set(key, text);
    }
    return text;
  };
  return remembered as Translate;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("WordsProvider is missing");
  return words;
}

/** The user's own variety of the language, where the system names one. */
function localeOf(language: string): string {
  return navigator.languages.find((locale) => locale.split("-")[0] === language) ?? language;
}
