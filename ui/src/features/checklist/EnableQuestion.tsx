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
  MessageBarTitle,
} from "@fluentui/react-components";
import { useSnapshot } from "../../api/hooks";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import { goTo } from "../frame/route";
import styles from "./Checklist.module.css";
import { itemsNamed, useChecklist } from "./checklist";
import { ItemLinks } from "./ItemLinks";

type Props = { open: boolean; text?: string; onAnswer: (enable: boolean) => void };

/** Whether to turn sync on; under NO-GO with all that stands in the way. */
export function EnableQuestion({ open, text, onAnswer }: Props) {
  return (
    <Dialog open={open} modalType="alert" onOpenChange={(_, data) => !data.open && onAnswer(false)}>
      <DialogSurface>
        {open && <Question text={text} onAnswer={onAnswer} />}
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}

function Question({ text, onAnswer }: { text: string | undefined; onAnswer: (enable: boolean) => void }) {
  const { t } = useWords();
  const noGo = useSnapshot().checklist.verdict === "NO-GO";
  const showChecklist = () => {
    onAnswer(false);
    goTo("checklist");
  };
  return (
    <DialogBody>
      <DialogTitle>{t("sign_in.enable_title")}</DialogTitle>
      <DialogContent className={styles.question}>
        {text && <p>{text}</p>}
        {noGo && <InTheWay onShow={() => onAnswer(false)} />}
      </DialogContent>
      <DialogActions fluid>
        {noGo && (
          <Button appearance="primary" onClick={showChecklist}>
            {t("checklist.open")}
          </Button>
        )}
        <Button appearance={noGo ? "secondary" : "primary"} onClick={() => onAnswer(true)}>
          {t(noGo ? "checklist.enable_anyway" : "sign_in.enable_yes")}
        </Button>
        <Button onClick={() => onAnswer(false)}>{t("sign_in.enable_no")}</Button>
      </DialogActions>
    </DialogBody>
  );
}

function InTheWay({ onShow }: { onShow: () => void }) {
  const { t } = useWords();
  const checklist = useChecklist().data;
  const { blocking } = useSnapshot().checklist;
  return (
    <>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>NO-GO</MessageBarTitle>
          {t("checklist.enable_text", { count: blocking })}
        </MessageBarBody>
      </MessageBar>
      {checklist && (
        <ItemLinks
          className={styles.blocking}
          label={t("checklist.in_the_way")}
          items={itemsNamed(checklist, checklist.blocking)}
          onShow={onShow}
        />
      )}
    </>
  );
}
