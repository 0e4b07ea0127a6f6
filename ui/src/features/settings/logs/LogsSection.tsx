import { Button, Field, SearchBox, Select, Skeleton, SkeletonItem, Switch } from "@fluentui/react-components";
import { useState } from "react";
import type { LogFilter, LogLevel } from "../../../api/bindings";
import { CopyButton } from "../../../components/CopyButton";
import { useDebounced } from "../../../components/hooks";
import { Failure } from "../../../components/states";
import { useWords } from "../../../i18n";
import styles from "../Settings.module.css";
import { LogLevelField, levels } from "./LogLevelField";
import { LogLines } from "./LogLines";
import looks from "./Logs.module.css";
import { useLogs } from "./logs";
import { asText } from "./text";

const TYPING_PAUSE = 250;
/** The last of all is no filter. */
const shownLevels = ["error", "warn", "info", "debug"] as const;

/** What Hunter has logged, newest first, and how much it logs. */
export function LogsSection() {
  const { t } = useWords();
  const [level, setLevel] = useState<LogLevel | null>(null);
  const [program, setProgram] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const [follows, setFollows] = useState(false);
  const text = useDebounced(search.trim(), TYPING_PAUSE);
  const filter: LogFilter = { level, program, text: text === "" ? null : text };
  const logs = useLogs(filter, follows);

  return (
    <>
      <section className={styles.group} aria-labelledby="settings-logs">
        <h2 id="settings-logs" className={styles.groupTitle}>
          {t("logs.title")}
        </h2>
        <p className={styles.groupText}>{t("logs.text")}</p>
        <LogLevelField />
      </section>
      <section className={styles.group} aria-labelledby="settings-log-lines">
        <header className={looks.head}>
          <h2 id="settings-log-lines" className={styles.groupTitle}>
            {t("logs.lines")}
          </h2>
          <Switch label={t("logs.follow")} checked={follows} onChange={(_, { checked }) => setFollows(checked)} />
          <CopyButton text={asText(logs.lines)} what={t("logs.copy_what")} />
        </header>
        <div className={looks.filters}>
          <Field label={t("logs.level")}>
            <Select
              value={level ?? ""}
              onChange={(_, { value }) => setLevel(levels.find((known) => known === value) ?? null)}
            >
              <option value="">{t("logs.level_all")}</option>
              {shownLevels.map((known) => (
                <option key={known} value={known}>
                  {t(`logs.shown_level.${known}`)}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t("logs.program")}>
            <Select value={program ?? ""} onChange={(_, { value }) => setProgram(value === "" ? null : value)}>
              <option value="">{t("logs.program_all")}</option>
              {[...new Set([...logs.programs, ...(program ? [program] : [])])].map((known) => (
                <option key={known} value={known}>
                  {known}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t("logs.search")}>
            <SearchBox value={search} onChange={(_, { value }) => setSearch(value)} />
          </Field>
        </div>
        {logs.error ? (
          <Failure title={t("logs.failed_title")} error={logs.error} onRetry={logs.retry} />
        ) : logs.isLoading ? (
          <Skeleton aria-busy="true" aria-label={t("referrals.loading_row")}>
            <SkeletonItem size={128} />
          </Skeleton>
        ) : (
          <>
            <LogLines lines={logs.lines} />
            <p className={looks.end} role="status">
              {logs.lines.length === 0 && !logs.isReading && t("logs.none")}
            </p>
            {logs.hasOlder && (
              <Button className={looks.older} disabled={logs.isReading} onClick={logs.readOlder}>
                {t("logs.older")}
              </Button>
            )}
          </>
        )}
      </section>
    </>
  );
}
