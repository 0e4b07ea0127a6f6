import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useWords } from "../i18n";
import styles from "./Confirmation.module.css";
import { ReturnFocus } from "./ReturnFocus";

type ConfirmationProps = {
  open: boolean;
  title: string;
  text: string;
  action: string;
  /** What is done cannot be undone. */
  final?: true;
  onConfirm: () => void;
  onCancel: () => void;
};

/** Asks before something that is not easily undone. */
export function Confirmation({ open, title, text, action, final, onConfirm, onCancel }: ConfirmationProps) {
  const { t } = useWords();
  return (
    <Dialog open={open} modalType="alert" onOpenChange={(_, data) => !data.open && onCancel()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{text}</DialogContent>
          <DialogActions>
            <Button onClick={onCancel}>{t("common.cancel")}</Button>
            <Button appearance="primary" className={final && styles.final} onClick={onConfirm}>
              {action}
            </Button>
          </DialogActions>
        </DialogBody>
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}
