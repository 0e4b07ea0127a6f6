import { Button, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { QuestionCircle16Regular } from "@fluentui/react-icons/headless/svg/question-circle";
import type { ReferralDetails } from "../../api/bindings";
import { useWords } from "../../i18n";
import { Breakdown } from "../companies/Breakdown";
import styles from "./Details.module.css";

/** What the priority is made of, for those who ask. */
export function WhyPriority({ referral: { priority, priority_parts } }: { referral: ReferralDetails }) {
  const { t } = useWords();
  return (
    <Popover trapFocus positioning="below-start">
      <PopoverTrigger disableButtonEnhancement>
        <Button className={styles.why} appearance="subtle" size="small" icon={<QuestionCircle16Regular />}>
          {t("companies.priority.why", { priority })}
        </Button>
      </PopoverTrigger>
      <PopoverSurface className={styles.whySurface} aria-label={t("companies.priority.label")} tabIndex={-1}>
        {priority_parts.length === 0 ? (
          <p className={styles.prose}>{t("companies.priority.nothing")}</p>
        ) : (
          <Breakdown parts={priority_parts} total={priority} />
        )}
      </PopoverSurface>
    </Popover>
  );
}
