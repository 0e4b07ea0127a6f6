import { Button } from "@fluentui/react-components";
import { ErrorCircle48Regular } from "@fluentui/react-icons/headless/svg/error-circle";
import type { ErrorBody } from "../api/bindings";
import { useWords } from "../i18n";
import { errorWords } from "./errors";
import styles from "./states.module.css";

type PlaceholderProps = { icon: React.ReactNode; title: string; text?: React.ReactNode; action?: React.ReactNode };

/** Fills a view that has nothing else to show, and says what to do about it. */
export function Placeholder({ icon, title, text, action }: PlaceholderProps) {
  return (
    <div className={styles.placeholder}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <h2 className={styles.title}>{title}</h2>
      {text && <p className={styles.text}>{text}</p>}
      {action}
    </div>
  );
}

export function Failure({ title, error, onRetry }: { title: string; error: ErrorBody; onRetry: () => void }) {
  const { t } = useWords();
  const { message, hint } = errorWords(error, t);
  return (
    <div role="alert" className={styles.fill}>
      <Placeholder
        icon={<ErrorCircle48Regular />}
        title={title}
        text={
          <>
            {message}
            {hint && <span className={styles.hint}>{hint}</span>}
          </>
        }
        action={<Button onClick={onRetry}>{t("common.retry")}</Button>}
      />
    </div>
  );
}
