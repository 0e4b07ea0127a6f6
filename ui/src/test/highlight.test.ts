import { expect, test } from "vitest";
import { highlight, searchWords } from "../features/referrals/highlight";

/** Matches in brackets. */
const marked = (text: string, search: string) =>
  highlight(text, searchWords(search))
    .map((piece, place) => (place % 2 === 1 ? `[${piece}]` : piece))
    .join("");

test.each([
  ["izmir", "İzmir Lojistik", "[İzmir] Lojistik"],
  ["İZMİR", "izmir", "[izmir]"],
  ["ışık", "IŞIK Ltd", "[IŞIK] Ltd"],
  ["isik", "Işık", "[Işık]"],
  ["kaya", "KAYA Tekstil", "[KAYA] Tekstil"],
  ["KAYA", "Kayalar", "[Kaya]lar"],
  ["orn", "ornek-orman.com.tr", "[orn]ek-orman.com.tr"],
  ["ornek-or", "ornek-orman.com.tr", "[ornek]-[or]man.com.tr"],
  ["strasse", "Große Straße", "Große [Straße]"],
  ["gross", "Große Straße", "[Groß]e Straße"],
  ["cafe", "Café cafe\u0301 x", "[Café] [cafe\u0301] x"],
  ["aya", "KAYA", "KAYA"],
  ["ka kaya", "Kaya kar", "[Kaya] [ka]r"],
  ["ofis", "oﬁs", "[oﬁs]"],
  ["a", "👍 a👍a", "👍 [a]👍[a]"],
  ["", "Kaya", "Kaya"],
  [" -- ", "Kaya -- x", "Kaya -- x"],
])("%s in %s marks %s", (search, text, result) => {
  expect(marked(text, search)).toBe(result);
});
