import { type Theme, teamsHighContrastTheme, webDarkTheme, webLightTheme } from "@fluentui/react-components";

/** What a person can choose. */
export const appearances = ["system", "light", "dark", "contrast"] as const;
export type Appearance = (typeof appearances)[number];

export const isAppearance = (stored: unknown): stored is Appearance =>
  appearances.some((appearance) => appearance === stored);

export type ThemeName = Exclude<Appearance, "system">;

export const themeOf = (appearance: Appearance, systemIsDark: boolean): ThemeName =>
  appearance === "system" ? (systemIsDark ? "dark" : "light") : appearance;

const fontFamilyBase = '"Segoe UI Variable Text", "Segoe UI", system-ui, "Noto Sans", sans-serif';

/** Where nothing is told apart by shade, what lies on the page has an edge. */
const edged = (theme: Theme): Theme => {
  const edge = `0 0 0 1px ${theme.colorNeutralForeground1}`;
  return { ...theme, shadow2: edge, shadow4: edge, shadow8: edge, shadow16: edge, shadow28: edge, shadow64: edge };
};

/** Panels have a thin line: where no graphics card draws, a soft shadow around the largest costs more than all within. */
const lined = (theme: Theme): Theme => ({ ...theme, shadow2: `0 0 0 1px ${theme.colorNeutralStroke2}` });

export const themes: Record<ThemeName, Theme> = {
  light: lined({ ...webLightTheme, fontFamilyBase }),
  dark: lined({ ...webDarkTheme, fontFamilyBase }),
  contrast: edged({ ...teamsHighContrastTheme, fontFamilyBase }),
};

/** For people whose system asks for more contrast: no faint text, and lines as strong as text. */
export function strengthened(theme: Theme): Theme {
  const strong = theme.colorNeutralForeground1;
  return edged({
    ...theme,
    colorNeutralForeground2: strong,
    colorNeutralForeground3: strong,
    colorNeutralForeground4: strong,
    colorNeutralStroke1: strong,
    colorNeutralStroke2: strong,
    colorNeutralStroke3: strong,
    colorNeutralStrokeAccessible: strong,
    strokeWidthThin: "2px",
  });
}
