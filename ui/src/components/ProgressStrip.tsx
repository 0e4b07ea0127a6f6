import { Button, ProgressBar } from "@fluentui/react-components";
import styles from "./List.module.css";

type Props = { label: string; words: string; done: number; total: number; cancel: string; onCancel: () => void };

/** How far something long is, with the way to stop it. */
export function ProgressStrip({ label, words, done, total, cancel, onCancel }: Props) {
  return (
    <div className={styles.progress}>
      <span>{words}</span>
      <ProgressBar
        className={styles.progressBar}
        thickness="large"
        aria-label={label}
        value={done}
        max={Math.max(1, total)}
      />
      <Button size="small" onClick={onCancel}>
        {cancel}
      </Button>
    </div>
  );
}
