import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowExport20Regular } from "@fluentui/react-icons/headless/svg/arrow-export";
import { useState } from "react";
import type { ExportFormat } from "../../api/bindings";
import { useCall, useSnapshot } from "../../api/hooks";
import { useHandOut } from "../../components/handOut";
import styles from "../../components/List.module.css";
import { useCommand, useFailure } from "../../components/notices";
import { ProgressStrip } from "../../components/ProgressStrip";
import { useWords } from "../../i18n";
import { useFilters } from "./filters";

const FORMATS: ExportFormat[] = ["xlsx", "csv", "json"];

export type Exporting = { busy: boolean; start: (format: ExportFormat, ids: string[] | null) => Promise<void> };

/** Hands out what the list shows, or the rows that are marked. */
export function useExport(): Exporting {
  const { t } = useWords();
  const call = useCall();
  const { query } = useFilters();
  const { exporting } = useSnapshot();
  const handOut = useHandOut();
  const fail = useFailure();
  const [asked, setAsked] = useState(false);
  return {
    busy: asked || exporting !== null,
    start: async (format, ids) => {
      setAsked(true);
      try {
        handOut(await call("export_referrals", { query, ids, format }), t("export.saved"));
      } catch (thrown) {
        fail(thrown);
      }
      setAsked(false);
    },
  };
}

type MenuProps = { label: string; exporting: Exporting; ids: string[] | null };

export function ExportMenu({ label, exporting: { busy, start }, ids }: MenuProps) {
  const { t } = useWords();
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ArrowExport20Regular />} aria-label={label} disabled={busy}>
          <span className={styles.buttonText}>{label}</span>
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {FORMATS.map((format) => (
            <MenuItem key={format} onClick={() => void start(format, ids)}>
              {t(`export.format.${format}`)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** How far the export is, with the way to stop it. */
export function ExportProgress() {
  const { t } = useWords();
  const { exporting } = useSnapshot();
  const command = useCommand();
  if (!exporting) return null;
  const { done, total } = exporting;
  return (
    <ProgressStrip
      label={t("export.running")}
      words={t("export.progress", { count: total, done })}
      done={done}
      total={total}
      cancel={t("export.cancel")}
      onCancel={() => void command("cancel_export", {})}
    />
  );
}
