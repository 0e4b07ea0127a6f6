import type { FieldChange } from "../../api/bindings";
import { type Translate, term, useWords, type Vocabulary } from "../../i18n";
import { dayAndTime, money } from "../../i18n/format";
import styles from "./Details.module.css";

/** The service's own mark of a version: changes with every change and tells nobody anything. */
const MARK = "eTag";
const MOMENT = /^\d{4}-\d{2}-\d{2}T/;
/** Fields whose values are words of the service. */
const vocabularies: Partial<Record<string, Vocabulary>> = {
  status: "status",
  substatus: "substatus",
  qualification: "qualification",
  direction: "direction",
  type: "type",
};

/** What changed, field by field, from → to. */
export function Changes({ changes }: { changes: FieldChange[] }) {
  const { t, locale } = useWords();
  if (changes.length === 0) return null;
  const telling = changes.filter(({ field }) => field !== MARK);
  return (
    <ul className={styles.changes}>
      {(telling.length > 0 ? telling : changes).map(({ field, from, to }) => (
        <li key={field}>
          {t("details.change", {
            field: fieldWords(field, t),
            from: valueWords(field, from, t, locale),
            to: valueWords(field, to, t, locale),
          })}
        </li>
      ))}
    </ul>
  );
}

/** Columns have words of their own; other paths of the payload are shown as they are. */
function fieldWords(field: string, t: Translate): string {
  const key = field.replaceAll(".", "_");
  const word = term(t, "field", key);
  return word === key ? field : word;
}

function valueWords(field: string, value: unknown, t: Translate, locale: string): string {
  if (value === null || value === undefined || value === "") return t("details.no_value");
  if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
  if (typeof value === "number") return money(String(value), null, locale);
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) {
    return value.length > 0 ? value.join(", ") : t("details.no_value");
  }
  if (typeof value !== "string") return JSON.stringify(value);
  if (MOMENT.test(value)) return dayAndTime(value, locale);
  const vocabulary = Object.hasOwn(vocabularies, field) ? vocabularies[field] : undefined;
  return vocabulary ? term(t, vocabulary, value) : value;
}
