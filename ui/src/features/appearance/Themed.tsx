import { FluentProvider } from "@fluentui/react-components";
import { createContext, useContext, useLayoutEffect, useMemo } from "react";
import { useMedia, useStored } from "../../components/hooks";
import { type Appearance, isAppearance, strengthened, themeOf, themes } from "./themes";

type Choice = { appearance: Appearance; setAppearance: (appearance: Appearance) => void };

const ChoiceContext = createContext<Choice>({ appearance: "system", setAppearance: () => undefined });

export const useAppearance = (): Choice => useContext(ChoiceContext);

/** Gives all that is below it the theme that was chosen, and lets it choose another. */
export function Themed({ children }: { children: React.ReactNode }) {
  const [appearance, setAppearance] = useStored<Appearance>("appearance", "system", isAppearance);
  const name = themeOf(appearance, useMedia("(prefers-color-scheme: dark)"));
  const wantsContrast = useMedia("(prefers-contrast: more)") && name !== "contrast";
  const theme = useMemo(() => (wantsContrast ? strengthened(themes[name]) : themes[name]), [name, wantsContrast]);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = name;
  }, [name]);
  const choice = useMemo(() => ({ appearance, setAppearance }), [appearance, setAppearance]);
  return (
    <ChoiceContext.Provider value={choice}>
      <FluentProvider theme={theme}>{children}</FluentProvider>
    </ChoiceContext.Provider>
  );
}
