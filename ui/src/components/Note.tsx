import { Button, Field, Textarea } from "@fluentui/react-components";
import { useEffect, useRef, useState } from "react";
import { toErrorBody } from "../api/errors";
import { useWords } from "../i18n";
import { dayAndTime } from "../i18n/format";
import { errorWords } from "./errors";
import styles from "./Note.module.css";
import { type NotePlace, useNoteSaving } from "./noteSaving";
import { useNotify } from "./notices";

const LONGEST = 10_000;
const NEAR = 9_000;
const TYPING_PAUSE = 600;

type Props = { place: NotePlace; note: string; notedAt: string | null; name: string };

/** A person's own words about what is called by that name: kept by themselves, and never given up while they are not saved. */
export function Note({ place, note, notedAt, name }: Props) {
  const { t, locale } = useWords();
  const notify = useNotify();
  const [last, save] = useNoteSaving(place);
  const [typed, setTyped] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);

  const stored = last?.status === "pending" || last?.status === "error" ? last.text : note;
  const isSaved = typed !== null && last?.status === "success" && last.text === typed;
  const text = typed !== null && (focused || !isSaved) ? typed : stored;
  const refused = last?.status === "error" && last.error ? errorWords(last.error, t) : null;

  const shown = useRef(true);
  const keep = (wanted: string) => {
    save(wanted).catch((thrown) => {
      if (shown.current) return;
      const { message } = errorWords(toErrorBody(thrown), t);
      notify({ intent: "error", title: t("details.note_lost", { customer: name }), text: message });
    });
  };
  const flush = useRef<() => void>(() => undefined);
  useEffect(() => {
    flush.current = () => {
      if (typed !== null && typed !== stored) keep(typed);
    };
  });
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => flush.current(), TYPING_PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    const now = () => flush.current();
    shown.current = true;
    window.addEventListener("pagehide", now);
    document.addEventListener("visibilitychange", now);
    return () => {
      window.removeEventListener("pagehide", now);
      document.removeEventListener("visibilitychange", now);
      shown.current = false;
      now();
    };
  }, []);

  return (
    <section className={styles.note}>
      <Field
        label={t("details.note")}
        hint={t("details.note_hint")}
        {...(refused && {
          validationState: "error" as const,
          validationMessage: [t("details.note_refused"), refused.message, refused.hint].filter(Boolean).join(" "),
        })}
      >
        <Textarea
          resize="vertical"
          maxLength={LONGEST}
          value={text}
          onChange={(_, { value }) => setTyped(value)}
          onFocus={() => {
            if (isSaved) setTyped(null);
            setFocused(true);
          }}
          onBlur={() => {
            setFocused(false);
            flush.current();
          }}
        />
      </Field>
      <div className={styles.noteState}>
        <span role="status">
          {text.length >= LONGEST ? t("details.note_full") : isSaved && t("details.note_saved")}
        </span>
        {!isSaved && !refused && typed === null && notedAt && (
          <span>{t("details.noted", { time: dayAndTime(notedAt, locale) })}</span>
        )}
        {refused && (
          <Button size="small" onClick={() => keep(text)}>
            {t("common.retry")}
          </Button>
        )}
        {text.length >= NEAR && (
          <span className={styles.noteLength}>{t("details.note_length", { length: text.length, limit: LONGEST })}</span>
        )}
      </div>
    </section>
  );
}
