import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { isPressed } from "../components/strokes";
import { areas, ariaKeys, keysOf, keyWords } from "../features/frame/keys";
import { createTranslations, type Translate } from "../i18n";
import { engine, open, referral, referrals, rowOf, signedIn } from "./world";

const en = createTranslations("en").t as Translate;
const tr = createTranslations("tr").t as Translate;
const sheet = () => screen.findByRole("dialog", { name: "Keyboard shortcuts" });
const closed = () => waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());

test("? lists every key there is by where it works, and gives the focus back", async () => {
  const { user } = await open({ snapshot: signedIn });
  const link = screen.getByRole("link", { name: "Activity" });
  link.focus();
  await user.keyboard("?");
  const dialog = within(await sheet());
  for (const area of areas) {
    const section = within(dialog.getByRole("region", { name: en(`keys.area.${area}`) }));
    for (const [id, strokes] of keysOf(area)) {
      const entry = section.getByText(en(`keys.what.${id}`)).parentElement;
      for (const stroke of strokes) expect(entry).toHaveTextContent(keyWords(stroke, en).join(" + "));
    }
  }
  await user.keyboard("{Escape}");
  await closed();
  expect(link).toHaveFocus();
});

test("the sheet speaks Turkish, and the mouse opens it too, before anybody has signed in", async () => {
  const { user } = await open({ snapshot: { language: "tr" } });
  await user.click(await screen.findByRole("button", { name: "Kısayollar" }));
  const dialog = await screen.findByRole("dialog", { name: "Klavye kısayolları" });
  expect(dialog).toHaveTextContent("Sonraki satırAşağı");
});

test("keys without Ctrl are text in a field, and nothing in a dialog", async () => {
  const { user } = await open({ snapshot: signedIn });
  const search = screen.getByRole("searchbox", { name: "Search referrals" });
  await user.type(search, "a?/");
  expect(search).toHaveValue("a?/");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  await user.keyboard("{Control>}k{/Control}");
  const field = await screen.findByRole("combobox", { name: "Find a command or a referral" });
  await user.type(field, "?/");
  expect(field).toHaveValue("?/");
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
});

test("Escape clears the search, and then leads into the list", async () => {
  const { user } = await open({ referrals: referrals(3), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  await user.keyboard("/");
  const search = screen.getByRole("searchbox", { name: "Search referrals" });
  await user.keyboard("zz{Escape}");
  expect(search).toHaveValue("");
  expect(search).toHaveFocus();
  await screen.findByText("Customer 000000");
  await user.keyboard("{Escape}");
  expect(document.activeElement).toHaveAttribute("role", "gridcell");
});

test("the first stop of the keyboard skips to the list, or to what is shown instead", async () => {
  const { user } = await open({ referrals: referrals(3), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  await user.tab();
  expect(screen.getByRole("button", { name: "Skip to the list" })).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(document.activeElement).toHaveAttribute("role", "gridcell");
  await user.click(screen.getByRole("link", { name: "Checklist" }));
  await user.click(screen.getByRole("button", { name: "Skip to the content" }));
  expect(screen.getByRole("main")).toHaveFocus();
});

test("details that close while their row is not listed leave the focus in the view", async () => {
  const { platform, user } = await open({ referrals: [referral({ status: "Closed" })], snapshot: signedIn });
  await engine(() => platform.set({ focus: { kind: "referral", id: "r-1" } }));
  await screen.findByRole("complementary", { name: "Referral details" });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  expect(screen.getByRole("main")).toContainElement(document.activeElement as HTMLElement);
});

test("a radio button is no field: keys work on it", async () => {
  location.hash = "#/settings/appearance";
  const { user } = await open({ snapshot: signedIn });
  screen.getByRole("radio", { name: /^Light/ }).focus();
  await user.keyboard("?");
  expect(await sheet()).toBeVisible();
});

const press = (init: KeyboardEventInit) => new KeyboardEvent("keydown", init);

test.each([
  ["?", { key: "?", shiftKey: true }, true],
  ["?", { key: "?" }, true],
  ["/", { key: "/", ctrlKey: true }, false],
  ["Mod+k", { key: "k", ctrlKey: true }, true],
  ["Mod+k", { key: "K", metaKey: true }, true],
  ["Mod+k", { key: "k" }, false],
  ["Mod+k", { key: "K", ctrlKey: true, shiftKey: true }, false],
  ["Shift+ArrowLeft", { key: "ArrowLeft", shiftKey: true }, true],
  ["ArrowLeft", { key: "ArrowLeft", shiftKey: true }, false],
  ["ArrowLeft", { key: "ArrowLeft", altKey: true }, false],
  ["/", { key: "/", ctrlKey: true, altKey: true, modifierAltGraph: true }, true],
] as Array<[string, KeyboardEventInit, boolean]>)("%s and %o: %s", (stroke, init, expected) => {
  expect(isPressed(press(init), [stroke])).toBe(expected);
});

test("keys read as on the keyboard, and for assistive technology", () => {
  expect(keyWords("Mod+k", en)).toEqual(["Ctrl", "K"]);
  expect(keyWords("Shift+ArrowLeft", tr)).toEqual(["Shift", "Sol"]);
  expect(keyWords(" ", tr)).toEqual(["Boşluk"]);
  expect(ariaKeys("Mod+k", "/")).toBe("Control+K Meta+K /");
});

test("screen readers hear how a sync ended, how many rows were found, and whose details are open", async () => {
  const { platform, user } = await open({ referrals: referrals(12), snapshot: signedIn });
  await screen.findByText("Customer 000000");
  const log = screen.getByRole("log");
  expect(log).toBeEmptyDOMElement();
  await user.type(screen.getByRole("searchbox", { name: "Search referrals" }), "00001");
  await waitFor(() => expect(log).toHaveTextContent(/^3 rows found$/));
  fireEvent.click(rowOf("Customer 000010"));
  await waitFor(() => expect(log).toHaveTextContent("Details of Customer 000010 are open"));
  await engine(() => platform.finishSync({ run_id: "1", status: "failed" }));
  expect(log).toHaveTextContent("Sync failed");
  await engine(() => platform.finishSync({ run_id: "2" }));
  expect(log).toHaveTextContent("Sync finished");
});
