import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useState } from "react";
import type { Leave } from "../../api/bindings";
import { useSnapshot } from "../../api/hooks";
import { useCommand } from "../../components/notices";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import styles from "./Frame.module.css";

/** Where there is no tray to go to, the person decides what closing the window means. */
export function CloseDialog() {
  const { asks_on_close } = useSnapshot();
  const command = useCommand();
  return (
    <Dialog
      open={asks_on_close}
      modalType="alert"
      onOpenChange={(_, { open }) => !open && void command("answer_close", { leave: null, remember: false })}
    >
      <DialogSurface>
        <Question />
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}

function Question() {
  const { t } = useWords();
  const command = useCommand();
  const [remember, setRemember] = useState(false);
  const answer = (leave: Leave | null) => () =>
    void command("answer_close", { leave, remember: remember && leave !== null });
  return (
    <DialogBody>
      <DialogTitle>{t("close.title")}</DialogTitle>
      <DialogContent className={styles.question}>
        <p>{t("close.text")}</p>
      </DialogContent>
      <DialogActions fluid>
        <Button appearance="primary" onClick={answer("background")}>
          {t("close.background")}
        </Button>
        <Button onClick={answer("quit")}>{t("close.quit")}</Button>
        <Button onClick={answer(null)}>{t("common.cancel")}</Button>
      </DialogActions>
      <Checkbox
        className={styles.remember}
        label={t("close.remember")}
        checked={remember}
        onChange={(_, { checked }) => setRemember(checked === true)}
      />
    </DialogBody>
  );
}
