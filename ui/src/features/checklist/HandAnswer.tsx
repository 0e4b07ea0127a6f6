import { Button, Field, Textarea } from "@fluentui/react-components";
import { ArrowForward16Regular } from "@fluentui/react-icons/headless/svg/arrow-forward";
import { Checkmark16Regular } from "@fluentui/react-icons/headless/svg/checkmark";
import { Dismiss16Regular } from "@fluentui/react-icons/headless/svg/dismiss";
import { Edit16Regular } from "@fluentui/react-icons/headless/svg/edit";
import { useState } from "react";
import type { Answer, ChecklistItem } from "../../api/bindings";
import { errorWords } from "../../components/errors";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";
import { useAnswer } from "./checklist";

type Props = { item: ChecklistItem; onAnswered: () => void };

/** What only a person can say: done or not, with a note that stays on record. */
export function HandAnswer({ item, onAnswered }: Props) {
  const { t } = useWords();
  const answered = item.state !== "manual" && !item.expired;
  const [changing, setChanging] = useState(false);
  if (answered && !changing) {
    return (
      <Button
        className={styles.change}
        size="small"
        icon={<Edit16Regular />}
        aria-label={t("checklist.change_label", { title: item.title })}
        onClick={() => setChanging(true)}
      >
        {t("checklist.change")}
      </Button>
    );
  }
  return (
    <AnswerForm
      item={item}
      canClear={item.state !== "manual"}
      onAnswered={() => {
        setChanging(false);
        onAnswered();
      }}
      onCancel={
        answered
          ? () => {
              setChanging(false);
              onAnswered();
            }
          : null
      }
    />
  );
}

type FormProps = { item: ChecklistItem; canClear: boolean; onAnswered: () => void; onCancel: (() => void) | null };

function AnswerForm({ item, canClear, onAnswered, onCancel }: FormProps) {
  const { t } = useWords();
  const [note, setNote] = useState(item.note);
  const answer = useAnswer(item.id);
  const error = answer.error && errorWords(answer.error, t);
  const give = (value: Answer) => () => {
    if (answer.isPending) return;
    // A promise, as the answer takes this form away, and callbacks would go with it; a failure is shown below.
    answer.mutateAsync({ answer: value, note: note.trim() }).then(onAnswered, () => {});
  };
  return (
    <fieldset
      className={styles.answer}
      aria-label={t("checklist.answer_label", { title: item.title })}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !answer.isPending) onCancel?.();
      }}
    >
      <Field
        className={styles.noteField}
        label={t("checklist.note_field")}
        validationState={error ? "error" : "none"}
        validationMessage={error ? [error.message, error.hint].filter(Boolean).join(" ") : undefined}
      >
        <Textarea
          value={note}
          rows={2}
          maxLength={2_000}
          resize="vertical"
          onChange={(_, data) => setNote(data.value)}
        />
      </Field>
      <div className={styles.answers}>
        <Button size="small" appearance="primary" icon={<Checkmark16Regular />} onClick={give("pass")}>
          {t("checklist.done")}
        </Button>
        <Button size="small" icon={<Dismiss16Regular />} onClick={give("fail")}>
          {t("checklist.not_done")}
        </Button>
        <Button size="small" icon={<ArrowForward16Regular />} onClick={give("skip")}>
          {t("checklist.skip")}
        </Button>
        {canClear && (
          <Button size="small" appearance="subtle" onClick={give("clear")}>
            {t("checklist.clear")}
          </Button>
        )}
        {onCancel && (
          <Button size="small" appearance="subtle" disabled={answer.isPending} onClick={onCancel}>
            {t("common.cancel")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
