import { Field, Select } from "@fluentui/react-components";
import { LockClosed16Regular } from "@fluentui/react-icons/headless/svg/lock-closed";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { LogLevel } from "../../../api/bindings";
import { useCall, useSettings } from "../../../api/hooks";
import { keys } from "../../../api/keys";
import { errorWords } from "../../../components/errors";
import { useWords } from "../../../i18n";
import styles from "../Settings.module.css";
import { lockWords } from "../words";

/** The gravest first. */
export const levels = ["error", "warn", "info", "debug", "trace"] as const satisfies LogLevel[];

/** How much is logged from now on; a filter that names several parts of Hunter stays as it is until a level is chosen. */
export function LogLevelField() {
  const { t } = useWords();
  const call = useCall();
  const queries = useQueryClient();
  const setting = useSettings().data?.find(({ key }) => key === "log");
  const change = useMutation({
    mutationFn: (value: string) => call("set_setting", { key: "log", value }),
    onSuccess: (settings) => queries.setQueryData(keys.settings(), settings),
  });
  if (!setting) return null;
  const value = setting.value ?? "";
  const isLevel = levels.some((level) => level === value);
  const lock = lockWords(setting, t);
  const error = change.error && errorWords(change.error, t);
  return (
    <div className={styles.setting}>
      <Field
        label={t("logs.written")}
        hint={
          lock ? (
            <span className={styles.lock}>
              <LockClosed16Regular aria-hidden="true" />
              {lock}
            </span>
          ) : (
            t("logs.written_help")
          )
        }
        validationState={error ? "error" : "none"}
        validationMessage={error ? [error.message, error.hint].filter(Boolean).join(" ") : undefined}
      >
        <Select
          value={value}
          disabled={setting.locked || change.isPending}
          onChange={(_, { value: chosen }) => change.mutate(chosen)}
        >
          {!isLevel && <option value={value}>{value}</option>}
          {levels.map((level) => (
            <option key={level} value={level}>
              {t(`logs.written_level.${level}`)}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}
