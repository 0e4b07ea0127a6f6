import { fold } from "../../i18n/fold";

type Folded = { text: string; starts: number[]; ends: number[] };

const LETTER = /[\p{L}\p{N}]/u;
/** Letters and what they are folded to: a list has the same ones thousands of times. */
const letters = new Map<string, string>();

function foldLetter(letter: string): string {
  let plain = letters.get(letter);
  if (plain === undefined) {
    plain = fold(letter);
    letters.set(letter, plain);
  }
  return plain;
}

/** The folded text, and where each letter of it stands in the text. */
function folding(text: string): Folded {
  const folded: Folded = { text: "", starts: [], ends: [] };
  let at = 0;
  for (const letter of text) {
    const end = at + letter.length;
    const plain = foldLetter(letter);
    if (plain === "" && folded.ends.length > 0) folded.ends[folded.ends.length - 1] = end;
    for (let unit = 0; unit < plain.length; unit += 1) {
      folded.starts.push(at);
      folded.ends.push(end);
    }
    folded.text += plain;
    at = end;
  }
  return folded;
}

/** What a search looks for: each the beginning of a word. */
export const searchWords = (search: string): string[] => [
  ...new Set(
    fold(search)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean),
  ),
];

/** The text in pieces, every second one a match. */
export function highlight(text: string, words: readonly string[]): string[] {
  if (words.length === 0) return [text];
  const folded = folding(text);
  const pieces: string[] = [];
  let done = 0;
  for (let at = 0; at < folded.text.length; at += 1) {
    let length = 0;
    for (const word of words) if (word.length > length && folded.text.startsWith(word, at)) length = word.length;
    if (length === 0 || (at > 0 && LETTER.test(folded.text[at - 1] ?? ""))) continue;
    const from = folded.starts[at] ?? 0;
    const to = folded.ends[at + length - 1] ?? text.length;
    if (from < done) continue;
    pieces.push(text.slice(done, from), text.slice(from, to));
    done = to;
  }
  return [...pieces, text.slice(done)];
}
