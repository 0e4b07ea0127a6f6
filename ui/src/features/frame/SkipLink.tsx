import { useWords } from "../../i18n";
import styles from "./Frame.module.css";
import { useView } from "./views";

/** Into the list that is shown, or into what is shown instead of one. */
export function focusContent(): void {
  const main = document.querySelector("main");
  (main?.querySelector<HTMLElement>('[role="grid"] [data-cell][tabindex="0"]') ?? main)?.focus();
}

/** The first stop of the keyboard, seen only while it has the focus. */
export function SkipLink() {
  const { t } = useWords();
  const { id } = useView();
  const hasList = id === "referrals" || id === "activity";
  return (
    <button type="button" className={styles.skip} onClick={focusContent}>
      {t(hasList ? "keys.skip_to_list" : "keys.skip_to_content")}
    </button>
  );
}
