import { useWords } from "../i18n";
import styles from "./List.module.css";

/** Text in a cell of a list, in full where the pointer rests. */
export function Text({ text, muted, children }: { text: string; muted?: boolean; children?: React.ReactNode }) {
  return (
    <span className={styles.text} data-muted={muted} title={text}>
      {children ?? text}
    </span>
  );
}

export function Missing() {
  const { t } = useWords();
  return (
    <span className={styles.missing}>
      <span aria-hidden="true">–</span>
      <span className="visually-hidden">{t("common.not_given")}</span>
    </span>
  );
}
