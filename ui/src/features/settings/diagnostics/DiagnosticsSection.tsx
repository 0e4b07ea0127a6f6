import { Button, Field, MessageBar, MessageBarBody, Select, Spinner } from "@fluentui/react-components";
import { ArrowDownload20Regular } from "@fluentui/react-icons/headless/svg/arrow-download";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { DiagnosticsFile } from "../../../api/bindings";
import { useCall } from "../../../api/hooks";
import { CopyButton } from "../../../components/CopyButton";
import { useHandOut } from "../../../components/handOut";
import { useFailure } from "../../../components/notices";
import { Failure } from "../../../components/states";
import { useWords } from "../../../i18n";
import { amountOfData } from "../../../i18n/format";
import styles from "../Settings.module.css";
import looks from "./Diagnostics.module.css";

/** A bundle for support: first looked at, then saved. */
export function DiagnosticsSection() {
  const { t } = useWords();
  const call = useCall();
  const handOut = useHandOut();
  const fail = useFailure();
  const preview = useMutation({ mutationFn: () => call("diagnostics_preview", {}) });
  const save = useMutation({
    mutationFn: () => call("save_diagnostics", {}),
    onSuccess: (saved) => handOut(saved, t("diagnostics.saved")),
    onError: fail,
  });

  return (
    <section className={styles.group} aria-labelledby="settings-diagnostics">
      <h2 id="settings-diagnostics" className={styles.groupTitle}>
        {t("diagnostics.title")}
      </h2>
      <p className={styles.groupText}>{t("diagnostics.text")}</p>
      <div className={looks.buttons}>
        <Button disabled={preview.isPending} onClick={() => preview.mutate()}>
          {t(preview.data ? "diagnostics.again" : "diagnostics.collect")}
        </Button>
        {preview.data && (
          <Button
            appearance="primary"
            icon={<ArrowDownload20Regular />}
            disabled={preview.isPending || save.isPending}
            onClick={() => save.mutate()}
          >
            {t("diagnostics.save")}
          </Button>
        )}
        {preview.isPending && <Spinner size="tiny" label={t("diagnostics.collecting")} />}
      </div>
      {preview.error && (
        <Failure title={t("diagnostics.failed_title")} error={preview.error} onRetry={() => preview.mutate()} />
      )}
      {preview.data && <Contents files={preview.data} />}
    </section>
  );
}

function Contents({ files }: { files: DiagnosticsFile[] }) {
  const { t, locale } = useWords();
  const [name, setName] = useState(files[0]?.name);
  const file = files.find((known) => known.name === name) ?? files[0];
  if (!file) return null;
  return (
    <>
      <MessageBar intent="info" layout="multiline">
        <MessageBarBody>{t("diagnostics.look")}</MessageBarBody>
      </MessageBar>
      <div className={looks.choice}>
        <Field label={t("diagnostics.file")} className={looks.file}>
          <Select value={file.name} onChange={(_, { value }) => setName(value)}>
            {files.map((known) => (
              <option key={known.name} value={known.name}>
                {`${known.name} · ${amountOfData(known.bytes, locale)}`}
              </option>
            ))}
          </Select>
        </Field>
        <CopyButton text={file.text} what={file.name} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable by keyboard */}
      <section className={looks.text} tabIndex={0} aria-label={file.name}>
        <pre>{file.text}</pre>
      </section>
    </>
  );
}
