import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Spinner,
  Textarea,
} from "@fluentui/react-components";
import { ArrowDownload20Regular } from "@fluentui/react-icons/headless/svg/arrow-download";
import { Checkmark20Regular } from "@fluentui/react-icons/headless/svg/checkmark";
import { Copy20Regular } from "@fluentui/react-icons/headless/svg/copy";
import { useState } from "react";
import { useSnapshot } from "../../api/hooks";
import { errorWords } from "../../components/errors";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import styles from "./Checklist.module.css";
import { useChecklistReport } from "./checklist";

const FILE_NAME = "hunter-checklist.md";

/** The report as Markdown, to copy, and in a browser to save. */
export function ReportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.report}>{open && <Report onClose={onClose} />}</DialogSurface>
    </Dialog>
  );
}

function Report({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { desktop } = useSnapshot();
  const command = useCommand();
  const report = useChecklistReport(true);
  const [copied, setCopied] = useState(false);
  const text = report.data;
  const error = report.error && errorWords(report.error, t);
  return (
    <DialogBody>
      <DialogTitle>{t("checklist.report_title")}</DialogTitle>
      <DialogContent>
        {text !== undefined ? (
          <Textarea
            className={styles.reportBox}
            textarea={{ className: styles.reportText }}
            value={text}
            readOnly
            aria-label={t("checklist.report_title")}
          />
        ) : error ? (
          <p role="alert">{[error.message, error.hint].filter(Boolean).join(" ")}</p>
        ) : (
          <Spinner label={t("referrals.loading_row")} />
        )}
        {desktop && <p className={styles.reportHint}>{t("checklist.report_hint", { file: FILE_NAME })}</p>}
        <span role="status" className="visually-hidden">
          {copied && t("common.copied")}
        </span>
      </DialogContent>
      <DialogActions fluid>
        <Button
          appearance="primary"
          icon={copied ? <Checkmark20Regular /> : <Copy20Regular />}
          disabledFocusable={text === undefined}
          onClick={async () => {
            if (text !== undefined) setCopied(await command("copy_text", { text }));
          }}
        >
          {t(copied ? "common.copied" : "checklist.report_copy")}
        </Button>
        {!desktop && (
          <Button
            icon={<ArrowDownload20Regular />}
            disabledFocusable={text === undefined}
            onClick={() => text !== undefined && download(text)}
          >
            {t("checklist.report_download")}
          </Button>
        )}
        <Button onClick={onClose}>{t("common.close")}</Button>
      </DialogActions>
    </DialogBody>
  );
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: FILE_NAME });
  link.click();
  URL.revokeObjectURL(address);
}
