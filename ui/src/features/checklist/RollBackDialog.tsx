import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  MessageBar,
  MessageBarBody,
} from "@fluentui/react-components";
import type { RollBack } from "../../api/bindings";
import { errorWords } from "../../components/errors";
import { useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";
import { useRollBack } from "./checklist";

type Props = { to: RollBack; open: boolean; onClose: () => void };

/** Says what a step back does and how to come forward again, before it is taken. */
export function RollBackDialog({ to, open, onClose }: Props) {
  const { t } = useWords();
  const notify = useNotify();
  const rollBack = useRollBack(to);
  const error = rollBack.error && errorWords(rollBack.error, t);
  const close = () => {
    if (rollBack.isPending) return;
    rollBack.reset();
    onClose();
  };
  const takeStep = () => {
    if (rollBack.isPending) return;
    rollBack.mutate(undefined, {
      onSuccess: () => {
        onClose();
        notify({
          intent: "success",
          title: t(`checklist.roll_back.${to}.done`),
          text: t(`checklist.roll_back.${to}.way_back`),
        });
      },
    });
  };
  return (
    <Dialog open={open} modalType="alert" onOpenChange={(_, data) => !data.open && close()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t(`checklist.roll_back.${to}.title`)}</DialogTitle>
          <DialogContent className={styles.question}>
            <h3>{t("checklist.what_happens")}</h3>
            <p>{t(`checklist.roll_back.${to}.happens`)}</p>
            <h3>{t("checklist.way_back")}</h3>
            <p>{t(`checklist.roll_back.${to}.way_back`)}</p>
            {error && (
              <MessageBar intent="error" layout="multiline">
                <MessageBarBody>{[error.message, error.hint].filter(Boolean).join(" ")}</MessageBarBody>
              </MessageBar>
            )}
          </DialogContent>
          <DialogActions fluid>
            <Button appearance="primary" disabledFocusable={rollBack.isPending} onClick={takeStep}>
              {t(`checklist.roll_back.${to}.button`)}
            </Button>
            <Button disabledFocusable={rollBack.isPending} onClick={close}>
              {t("common.cancel")}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
