import { Button, Tooltip } from "@fluentui/react-components";
import { Radar20Regular } from "@fluentui/react-icons/headless/svg/radar";
import { useEffect, useRef } from "react";
import { useSnapshot } from "../../api/hooks";
import { useAnnounce } from "../../components/announcements";
import looks from "../../components/List.module.css";
import { useCommand } from "../../components/notices";
import { ProgressStrip } from "../../components/ProgressStrip";
import { useWords } from "../../i18n";

type Props = { label: string; hint: string; ids: number[] | null; brief?: boolean };

/** Asks name servers about these companies' domains, or about all that are due. */
export function ScanButton({ label, hint, ids, brief = false }: Props) {
  const { t } = useWords();
  const { enrichment, scanning } = useSnapshot();
  const command = useCommand();
  const why = !enrichment ? t("companies.scan.why_off") : scanning ? t("companies.scan.why_running") : null;
  return (
    <Tooltip content={why ?? hint} relationship="description">
      <Button
        appearance={brief ? "subtle" : "secondary"}
        icon={<Radar20Regular />}
        aria-label={label}
        disabledFocusable={why !== null}
        onClick={() => why === null && void command("scan_companies", { ids })}
      >
        <span className={brief ? looks.buttonText : undefined}>{label}</span>
      </Button>
    </Tooltip>
  );
}

/** How far the scan is, with the way to stop it; its end is said. */
export function ScanProgress() {
  const { t } = useWords();
  const { scanning } = useSnapshot();
  const command = useCommand();
  const announce = useAnnounce();
  const running = scanning !== null;
  const ran = useRef(running);
  useEffect(() => {
    if (ran.current && !running) announce(t("companies.scan.over"));
    ran.current = running;
  }, [running, announce, t]);
  if (!scanning) return null;
  const { done, total } = scanning;
  return (
    <ProgressStrip
      label={t("companies.scan.running")}
      words={t("companies.scan.progress", { count: total, done })}
      done={done}
      total={total}
      cancel={t("companies.scan.cancel")}
      onCancel={() => void command("cancel_scan", {})}
    />
  );
}
