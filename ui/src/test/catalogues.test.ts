import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../i18n/en.json";
import tr from "../i18n/tr.json";

type Tree = { [key: string]: string | Tree };

const leaves = (tree: Tree, path = ""): Array<[key: string, text: string]> =>
  Object.entries(tree).flatMap(([name, value]): Array<[string, string]> => {
    const key = path ? `${path}.${name}` : name;
    return typeof value === "string" ? [[key, value]] : leaves(value, key);
  });

const english = new Map(leaves(en));
const turkish = new Map(leaves(tr));
const root = join(import.meta.dirname, "..");
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("test/"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

const plainKey = (key: string) => key.replace(/_(one|other)$/, "");

/** Every text in the code that reads like a key, and every family of keys that is put together there. */
const literals = new Set([...sources.matchAll(/"([a-z_]+(?:\.[A-Za-z_-]+)+)"/g)].map(([, key]) => key));
const families = [...sources.matchAll(/`([a-z_]+\.(?:[a-z_.]*))\$\{[^}]+\}([a-z_.]*)`/g)].map(([, head, tail]) => ({
  head,
  tail,
}));
const styles = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".css"))
  .map((file) => readFileSync(join(root, file), "utf8"))
  .join("\n");

/** Built in `term`, `settingWords` and `choiceWords` from words of the engine. */
const vocabularies =
  /^(kind|kind_long|link|link_long|status|substatus|qualification|direction|reason|cause|field|type|setting|choice)\./;

test("both languages have the same keys", () => {
  expect([...turkish.keys()].sort()).toEqual([...english.keys()].sort());
});

test("both languages fill in the same values", () => {
  const holes = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)/g)].map(([, hole]) => hole).sort();
  for (const [key, text] of english) expect([key, holes(turkish.get(key))]).toEqual([key, holes(text)]);
});

test("no text is empty, and Turkish is not left in English", () => {
  const same =
    /^(choice\.language|settings\.group\.partner_center|kind\.solution-provider|companies\.provider\.(?!hosting|local|unknown)|details\.change)/;
  for (const [key, text] of english) {
    expect(text.trim(), key).not.toBe("");
    if (!same.test(key)) expect(turkish.get(key), key).not.toBe(text);
  }
});

test("every key is used", () => {
  const unused = [...english.keys()].filter(
    (key) =>
      !vocabularies.test(key) &&
      !literals.has(plainKey(key)) &&
      !families.some(
        ({ head, tail }) =>
          plainKey(key).startsWith(head ?? "") &&
          plainKey(key).endsWith(tail ?? "") &&
          !plainKey(key)
            .slice(head?.length, plainKey(key).length - (tail?.length ?? 0))
            .includes("."),
      ),
  );
  expect(unused).toEqual([]);
});

test("every key that is used exists", () => {
  const known = new Set([...english.keys()].map(plainKey));
  const asked = [...sources.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key]) => key ?? "");
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("every family of keys that is put together has members", () => {
  const known = [...english.keys()].map(plainKey);
  const asked = [...sources.matchAll(/\bt\(\s*`([a-z_.]+)\$\{[^}]+\}([a-z_.]*)`/g)];
  expect(asked.length).toBeGreaterThan(10);
  const barren = asked.filter(
    ([, head = "", tail = ""]) => !known.some((key) => key.startsWith(head) && key.endsWith(tail)),
  );
  expect(barren.map(([text]) => text)).toEqual([]);
});

test.each([
  ["en", english],
  ["tr", turkish],
])("in %s a text that counts has every form that the language has, and the number in it", (language, texts) => {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
  const counting = new Map<string, string[]>();
  for (const key of texts.keys()) {
    const form = /_(zero|one|two|few|many|other)$/.exec(key)?.[1];
    if (form) counting.set(plainKey(key), [...(counting.get(plainKey(key)) ?? []), form]);
  }
  expect(counting.size).toBeGreaterThan(10);
  for (const [key, found] of counting) {
    expect([key, found.toSorted()]).toEqual([key, forms]);
    expect(texts.get(`${key}_other`), key).toMatch(/\{\{count(, number)?\}\}/);
  }
});

test("after a number Turkish stays in the singular", () => {
  for (const [key, text] of turkish) {
    if (key.endsWith("_one") && text.includes("{{count"))
      expect(turkish.get(key.replace(/one$/, "other")), key).toBe(text);
  }
});

test("letter case is never left to a style or to a language that is not the text's", () => {
  expect(styles).not.toMatch(/text-transform/);
  const bare = [...sources.matchAll(/(\w+(?:\(\))?)\.toUpperCase\(\)/g)].map(([, what]) => what);
  // A level of the log and the code of a country are ASCII and the same in every language.
  expect(bare.filter((what) => what !== "code" && what !== "level")).toEqual([]);
  expect(sources).not.toMatch(/\.toLocale(Upper|Lower)Case\(\)/);
});

test("dates, numbers and money are written by the locale", () => {
  expect(sources).not.toMatch(/\.toLocale(Date|Time)?String\(/);
  const written = [...sources.matchAll(/new Intl\.\w+\((\w*)/g)].map(([, by]) => by);
  expect(written.length).toBeGreaterThan(5);
  expect(written.filter((by) => by !== "locale")).toEqual([]);
});

test("no text for people stands in the code", () => {
  const texts = [...sources.matchAll(/>\s*([A-ZÇĞİÖŞÜ][a-zçğıöşü]+(?: [A-Za-z]+)*)\s*<\//g)].map(([, text]) => text);
  expect(texts).toEqual(["Hunter"]);
});
