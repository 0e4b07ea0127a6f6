import { Fragment } from "react";
import { useWords } from "../../i18n";
import styles from "./KeyboardSheet.module.css";
import { keyWords } from "./keys";

/** The keys of a stroke as they are printed on the keyboard. */
export function KeyCaps({ stroke }: { stroke: string }) {
  const { t } = useWords();
  return (
    <kbd className={styles.stroke}>
      {keyWords(stroke, t).map((word, place) => (
        <Fragment key={word}>
          {place > 0 && " + "}
          <kbd className={styles.key}>{word}</kbd>
        </Fragment>
      ))}
    </kbd>
  );
}
