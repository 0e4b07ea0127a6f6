import { Button, Tooltip } from "@fluentui/react-components";
import { Checkmark16Regular } from "@fluentui/react-icons/headless/svg/checkmark";
import { Copy16Regular } from "@fluentui/react-icons/headless/svg/copy";
import { useEffect, useState } from "react";
import { useWords } from "../i18n";
import { useCommand } from "./notices";

/** Puts a text on the clipboard and says so for a moment. */
export function CopyButton({ text, what, className }: { text: string; what: string; className?: string | undefined }) {
  const { t } = useWords();
  const command = useCommand();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const label = t("common.copy", { what });
  return (
    <>
      <Tooltip content={copied ? t("common.copied") : label} relationship="inaccessible">
        <Button
          className={className}
          appearance="subtle"
          size="small"
          aria-label={label}
          icon={copied ? <Checkmark16Regular /> : <Copy16Regular />}
          onClick={async () => setCopied(await command("copy_text", { text }))}
        />
      </Tooltip>
      {copied && (
        <span role="status" className="visually-hidden">
          {t("common.copied")}
        </span>
      )}
    </>
  );
}
