import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Connection } from "../api/connection";
import { App } from "../app";
import { createTranslations } from "../i18n";
import { FakePlatform, type FakeWorld } from "../platform/fake";

export * from "./samples";

/** The page as a user meets it, on an engine in memory. */
export async function open(world: FakeWorld | FakePlatform = {}) {
  const platform = world instanceof FakePlatform ? world : new FakePlatform(world);
  const connection = new Connection(platform);
  await connection.start();
  const view = render(<App connection={connection} translations={createTranslations("en")} />);
  await screen.findByRole("main");
  return { platform, connection, user: userEvent.setup(), ...view };
}

/** Lets the engine say something, and the page take it in. */
export const engine = (speak: () => void): Promise<void> => act(async () => speak());

/** Finds the innermost element that reads so, also where a search has marked parts of it. */
export const reads = (text: string | RegExp) => {
  const fits = (element: Element) =>
    typeof text === "string" ? element.textContent === text : text.test(element.textContent);
  return (_: string, element: Element | null) => element !== null && fits(element) && ![...element.children].some(fits);
};

export const rowOf = (text: string | RegExp): HTMLElement => {
  const row = within(screen.getByRole("grid")).getByText(reads(text)).closest<HTMLElement>('[role="row"]');
  if (!row) throw new Error(`${text} is in no row`);
  return row;
};
