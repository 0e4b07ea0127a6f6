import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { ErrorBody } from "../../api/bindings";
import { Refusal } from "../../components/Refusal";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";

type Props = {
  title: string;
  action: string;
  /** Null while nothing is chosen. */
  onAct: (() => void) | null;
  error: ErrorBody | null;
  onClose: () => void;
  children: React.ReactNode;
};

/** Something to choose, and what is done with it. */
export function ChoiceDialog({ title, action, onAct, error, onClose, children }: Props) {
  const { t } = useWords();
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onAct?.();
          }}
        >
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent>
              {children}
              {error && <Refusal error={error} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t("common.cancel")}</Button>
              <Button appearance="primary" type="submit" disabledFocusable={onAct === null}>
                {action}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}
