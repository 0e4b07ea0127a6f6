import type { FluentIcon } from "@fluentui/react-icons/headless";
import { Bug16Regular } from "@fluentui/react-icons/headless/svg/bug";
import { ErrorCircle16Regular } from "@fluentui/react-icons/headless/svg/error-circle";
import { Info16Regular } from "@fluentui/react-icons/headless/svg/info";
import { Warning16Regular } from "@fluentui/react-icons/headless/svg/warning";
import { memo } from "react";
import type { LogLevel, LogLine } from "../../../api/bindings";
import { Badge, type Tone } from "../../../components/Badge";
import { useWords } from "../../../i18n";
import { momentToTheSecond } from "../../../i18n/format";
import looks from "./Logs.module.css";

const badges: Record<LogLevel, { tone: Tone; icon: FluentIcon }> = {
  error: { tone: "red", icon: ErrorCircle16Regular },
  warn: { tone: "amber", icon: Warning16Regular },
  info: { tone: "blue", icon: Info16Regular },
  debug: { tone: "grey", icon: Bug16Regular },
  trace: { tone: "grey", icon: Bug16Regular },
};

export function LogLines({ lines }: { lines: LogLine[] }) {
  const { t } = useWords();
  if (lines.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <ol className={looks.lines} tabIndex={0} aria-label={t("logs.lines")}>
      {lines.map((line) => (
        <Line key={[line.at, line.program, line.event, line.text].join(" ")} line={line} />
      ))}
    </ol>
  );
}

const Line = memo(function Line({ line }: { line: LogLine }) {
  const { t, locale } = useWords();
  const { at, level, program, event, run_id, text } = line;
  return (
    <li className={looks.line}>
      <time dateTime={at} className={looks.time} title={at}>
        {momentToTheSecond(at, locale)}
      </time>
      <Badge testId="badge-level" {...badges[level]}>
        {t(`logs.level_name.${level}`)}
      </Badge>
      <span className={looks.event}>{event}</span>
      <span className={looks.program}>{program}</span>
      <span className={looks.text}>{[run_id && `run_id=${run_id}`, text].filter(Boolean).join(" ")}</span>
    </li>
  );
});
