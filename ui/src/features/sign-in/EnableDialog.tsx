import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";

/** Asked once, after the first sign-in: nothing is read from Partner Center before the answer. */
export function EnableDialog() {
  const { t } = useWords();
  const { ask_to_enable, sign_in } = useSnapshot();
  const command = useCommand();
  const answer = (enable: boolean) => () => void command("answer_enable", { enable });
  return (
    <Dialog open={ask_to_enable && sign_in.state === "idle"} modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t("sign_in.enable_title")}</DialogTitle>
          <DialogContent>{t("sign_in.enable_text")}</DialogContent>
          <DialogActions fluid>
            <Button appearance="primary" onClick={answer(true)}>
              {t("sign_in.enable_yes")}
            </Button>
            <Button onClick={answer(false)}>{t("sign_in.enable_no")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
