import { createContext, useContext } from "react";
import { highlight } from "./highlight";
import styles from "./Referrals.module.css";

const none: readonly string[] = [];
const WordsContext = createContext(none);
/** The words of the search that the rows shown answer. */
export const SearchedWords = WordsContext.Provider;

/** A text with what was searched for marked in it. */
export function Highlighted({ text }: { text: string }) {
  const pieces = highlight(text, useContext(WordsContext));
  return pieces.map((piece, place) =>
    place % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
      <mark key={place} className={styles.found}>
        {piece}
      </mark>
    ) : (
      piece
    ),
  );
}
