import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { EnableQuestion } from "../checklist/EnableQuestion";

/** Asked once, after the first sign-in: nothing is read from Partner Center before the answer. */
export function EnableDialog() {
  const { t } = useWords();
  const { ask_to_enable, sign_in } = useSnapshot();
  const command = useCommand();
  return (
    <EnableQuestion
      open={ask_to_enable && sign_in.state === "idle"}
      text={t("sign_in.enable_text")}
      onAnswer={(enable) => void command("answer_enable", { enable })}
    />
  );
}
