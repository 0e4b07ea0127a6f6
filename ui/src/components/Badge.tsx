import type { FluentIcon } from "@fluentui/react-icons/headless";
import styles from "./Badge.module.css";

export type Tone = "blue" | "green" | "orange" | "amber" | "red" | "grey" | "quiet";

type Props = { testId: string; tone: Tone; icon: FluentIcon; title?: string | undefined; children: React.ReactNode };

/** Text and icon always, colour only beside them. */
export function Badge({ testId, tone, icon: Icon, title, children }: Props) {
  return (
    <span className={styles.badge} data-testid={testId} data-tone={tone} title={title}>
      <Icon className={styles.icon} aria-hidden="true" />
      <span className={styles.text}>{children}</span>
    </span>
  );
}
