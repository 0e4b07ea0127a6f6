import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { findMatches, holdersOf, pieces, readJson, rowText, visibleNodes } from "../features/referrals/json";
import { open, referral, signedIn } from "./world";

const RAW =
  '{"b":1.0,"a":[],"n":12345678901234567890,"s":"a:{\\"x\\",[ ş","o":{"k":[1,{}],"deep":{"city":"İzmir"}},"z":null}';

const texts = (raw: string, folded: number[] = []) =>
  visibleNodes(readJson(raw), new Set(folded)).map((node) => `${"  ".repeat(node.level - 1)}${rowText(node)}`);

test("a payload is taken apart without touching a digit, an escape or an order", () => {
  expect(texts(RAW)).toEqual([
    '"b": 1.0',
    '"a": []',
    '"n": 12345678901234567890',
    '"s": "a:{\\"x\\",[ ş"',
    '"o":',
    '  "k":',
    "    1",
    "    {}",
    '  "deep":',
    '    "city": "İzmir"',
    '"z": null',
  ]);
  expect(texts(RAW, [5])).toEqual([
    '"b": 1.0',
    '"a": []',
    '"n": 12345678901234567890',
    '"s": "a:{\\"x\\",[ ş"',
    '"o":',
    '"z": null',
  ]);
});

test.each(["", "plain words", '{"a":1', '{"a":}', "[1}", '{"a" 1}', "1 2"])("%j is shown as it is", (raw) => {
  expect(readJson(raw).map(rowText)).toEqual([raw]);
});

test.each([
  ["12", ["12"]],
  ['"x"', ['"x"']],
  ["{}", ["{}"]],
  ["[[1e400],-0]", ["", "1e400", "-0"]],
])("%s", (raw, rows) => {
  expect(visibleNodes(readJson(raw), new Set()).map(rowText)).toEqual(rows);
});

test("matches are found whatever the letter case, in keys, values and across both", () => {
  const nodes = readJson(RAW);
  const found = (wanted: string) =>
    findMatches(nodes, wanted).map(({ node, start, end }) => rowText(nodes[node] as never).slice(start, end));
  expect(found("CITY")).toEqual(["city"]);
  expect(found('"b": 1')).toEqual(['"b": 1']);
  expect(found("1.0")).toEqual(["1.0"]);
  expect(found("")).toEqual([]);
  const [match] = findMatches(nodes, "city");
  expect(holdersOf(nodes, match?.node ?? 0)).toEqual([9, 5, 0]);
});

test("a row is cut where its key and its matches begin and end", () => {
  const [, node] = readJson('{"id":"b id"}');
  if (!node) throw new Error("no node");
  const matches = findMatches([node], "id").map((match, number) => ({ ...match, number }));
  expect(pieces(node, matches)).toEqual([
    { text: '"', match: null, isKey: true },
    { text: "id", match: 0, isKey: true },
    { text: '":', match: null, isKey: true },
    { text: ' "b ', match: null, isKey: false },
    { text: "id", match: 1, isKey: false },
    { text: '"', match: null, isKey: false },
  ]);
});

async function openRaw(raw: string) {
  const page = await open({
    referrals: [referral({ customer_name: "Fabrikam" })],
    snapshot: signedIn,
    raw: () => raw,
  });
  await page.user.click(await screen.findByText("Fabrikam"));
  await page.user.click(await screen.findByRole("tab", { name: "Raw data" }));
  const tree = await screen.findByRole("tree", { name: "Raw data" });
  const item = (text: string) =>
    within(tree)
      .queryAllByRole("treeitem")
      .find((row) => row.textContent === text) ?? null;
  const active = () => document.getElementById(tree.getAttribute("aria-activedescendant") ?? "")?.textContent;
  return { ...page, tree, item, active };
}

test("numbers are shown as received and everything is copied", async () => {
  const { platform, user, item } = await openRaw(RAW);
  expect(item('"n": 12345678901234567890')).toBeVisible();
  expect(item('"b": 1.0')).toBeVisible();
  expect(item('"o": 2 fields')).toHaveAttribute("aria-expanded", "true");
  await user.click(screen.getByRole("button", { name: "Copy all raw data" }));
  expect(platform.asked("copy_text")).toEqual([{ text: RAW }]);
});

test("parts are folded with the mouse and with the keyboard", async () => {
  const { user, tree, item, active } = await openRaw(RAW);
  await user.click(within(tree).getByText(/2 fields/));
  expect(item('"o": 2 fields')).toHaveAttribute("aria-expanded", "false");
  expect(item('"k": 2 entries')).not.toBeInTheDocument();

  tree.focus();
  await user.keyboard("{ArrowRight}");
  expect(item('"o": 2 fields')).toHaveAttribute("aria-expanded", "true");
  await user.keyboard("{ArrowRight}");
  expect(active()).toBe('"k": 2 entries');
  await user.keyboard("{ArrowDown}{ArrowLeft}");
  expect(active()).toBe('"k": 2 entries');
  await user.keyboard("{Enter}");
  expect(item('"k": 2 entries')).toHaveAttribute("aria-expanded", "false");
  await user.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(active()).toBe('"o": 2 fields');
  expect(item('"k": 2 entries')).not.toBeInTheDocument();
  await user.keyboard("{End}");
  expect(active()).toBe('"z": null');
  await user.keyboard("{Home}{ArrowUp}");
  expect(active()).toBe('"b": 1.0');
});

test("a search unfolds what it finds, counts it, and goes from one to the next", async () => {
  const { user, tree, item, active } = await openRaw(RAW);
  await user.click(screen.getByRole("button", { name: "Fold all" }));
  expect(item('"city": "İzmir"')).not.toBeInTheDocument();
  const find = screen.getByRole("searchbox", { name: "Find in raw data" });
  await user.type(find, "i");
  expect(await screen.findByText("1 of 2 matches")).toBeVisible();
  expect(item('"city": "İzmir"')).toBeVisible();
  expect(item('"k": 2 entries')).toHaveAttribute("aria-expanded", "false");

  await user.clear(find);
  await user.type(find, "1");
  expect(await screen.findByText(/^1 of \d matches$/)).toBeVisible();
  expect(active()).toBe('"b": 1.0');
  await user.click(screen.getByRole("button", { name: "Next match" }));
  expect(active()).toBe('"n": 12345678901234567890');
  await user.click(screen.getByRole("button", { name: "Previous match" }));
  await user.type(find, "{Shift>}{Enter}{/Shift}");
  expect(active()).toBe("1 1");
  expect(tree.querySelector("mark[data-current]")).toHaveTextContent("1");

  await user.type(find, "nowhere");
  expect(await screen.findByText("No match")).toBeVisible();
  expect(screen.getByRole("button", { name: "Next match" })).toHaveAttribute("aria-disabled", "true");
  await user.keyboard("{Escape}");
  expect(find).toHaveValue("");
  expect(screen.getByRole("complementary")).toBeVisible();
});

test("of a huge payload only the rows in view exist", async () => {
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, get: () => 22 });
  const team = Array.from({ length: 500 }, (_, place) => ({
    firstName: "Person",
    lastName: String(place),
    email: "x",
  }));
  const { user, tree, active } = await openRaw(JSON.stringify({ notes: "x".repeat(10_000), team }));
  expect(within(tree).getAllByRole("treeitem").length).toBeLessThan(80);
  await user.type(screen.getByRole("searchbox", { name: "Find in raw data" }), '"499"');
  await waitFor(() => expect(active()).toBe('"lastName": "499"'));
  Reflect.deleteProperty(HTMLElement.prototype, "offsetHeight");
});
