import { MessageBar, MessageBarBody } from "@fluentui/react-components";
import type { ErrorBody } from "../api/bindings";
import { useWords } from "../i18n";
import { errorWords } from "./errors";

/** Why something was not done, where it was asked for. */
export function Refusal({ error }: { error: ErrorBody }) {
  const { t } = useWords();
  const { message, hint } = errorWords(error, t);
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>{[message, hint].filter(Boolean).join(" ")}</MessageBarBody>
    </MessageBar>
  );
}
