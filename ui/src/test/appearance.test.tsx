import { readFileSync } from "node:fs";
import { join } from "node:path";
import { screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Appearance,
  appearances,
  isAppearance,
  strengthened,
  themeOf,
  themes,
} from "../features/appearance/themes";
import { open, signedIn } from "./world";

const system = (...matching: string[]) =>
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: matching.includes(query),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
const DARK = "(prefers-color-scheme: dark)";
const before = globalThis.matchMedia;
const theme = () => document.documentElement.dataset.theme;

afterEach(() => {
  vi.stubGlobal("matchMedia", before);
  delete document.documentElement.dataset.theme;
});

const openAppearance = () => {
  location.hash = "#/settings/appearance";
  return open({ snapshot: signedIn });
};

test("by itself the page follows the system", async () => {
  system(DARK);
  await openAppearance();
  expect(screen.getByRole("radio", { name: /Use system setting/ })).toBeChecked();
  expect(theme()).toBe("dark");
});

test("a choice takes effect at once and survives a restart", async () => {
  const { user, unmount } = await openAppearance();
  expect(theme()).toBe("light");
  await user.click(screen.getByRole("radio", { name: /High contrast/ }));
  expect(theme()).toBe("contrast");
  expect(localStorage.getItem("appearance")).toBe('"contrast"');
  unmount();
  await openAppearance();
  expect(theme()).toBe("contrast");
  expect(screen.getByRole("radio", { name: /High contrast/ })).toBeChecked();
});

test("where the system has contrast colours of its own, the page says that they win", async () => {
  system("(forced-colors: active)");
  await openAppearance();
  expect(screen.getByText(/Your system uses contrast colours of its own/)).toBeVisible();
});

test("more contrast makes lines as strong as text, and gives an edge to what lies on the page", () => {
  const strong = strengthened(themes.light);
  expect(strong.colorNeutralStroke1).toBe(themes.light.colorNeutralForeground1);
  expect(strong.colorNeutralForeground3).toBe(themes.light.colorNeutralForeground1);
  expect(strong.shadow2).toContain("0 0 0 1px");
  expect(themes.contrast.shadow2).toContain("0 0 0 1px");
});

describe("the script before the first paint", () => {
  const script = readFileSync(join(import.meta.dirname, "../features/appearance/early.js"), "utf8");
  const cases = [...appearances, null, "neon", 7].flatMap((stored) => [
    [stored, false] as const,
    [stored, true] as const,
  ]);

  test.each(cases)("agrees with the page on %s, dark %s", (stored, dark) => {
    system(...(dark ? [DARK] : []));
    localStorage.setItem("appearance", JSON.stringify(stored));
    new Function(script)();
    const appearance: Appearance = isAppearance(stored) ? stored : "system";
    expect(theme()).toBe(themeOf(appearance, dark));
  });

  test("takes what cannot be read for no choice", () => {
    localStorage.setItem("appearance", "{");
    new Function(script)();
    expect(theme()).toBe("light");
  });
});
