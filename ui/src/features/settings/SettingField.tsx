import { Button, Field, Input, Select, Switch, Tooltip, useRestoreFocusTarget } from "@fluentui/react-components";
import { ArrowResetRegular } from "@fluentui/react-icons/headless/svg/arrow-reset";
import { Checkmark16Regular } from "@fluentui/react-icons/headless/svg/checkmark";
import { LockClosed16Regular } from "@fluentui/react-icons/headless/svg/lock-closed";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { SettingView } from "../../api/bindings";
import { useCall } from "../../api/hooks";
import { keys } from "../../api/keys";
import { useWords } from "../../i18n";
import { useEnableGuard } from "../checklist/enabling";
import styles from "./Settings.module.css";
import { choiceWords, lockWords, refusalWords, settingWords } from "./words";

type Props = { setting: SettingView; wanted: boolean };

/** One setting; the one that is wanted comes into view and takes the focus. */
export function SettingField({ setting, wanted }: Props) {
  const { t } = useWords();
  const call = useCall();
  const queries = useQueryClient();
  const guard = useEnableGuard();
  const restoreFocus = useRestoreFocusTarget();
  const { label, help } = settingWords(setting, t);
  const [draft, setDraft] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: (value: string | null) =>
      value === null ? call("unset_setting", { key: setting.key }) : call("set_setting", { key: setting.key, value }),
    onSuccess: (settings) => {
      queries.setQueryData(keys.settings(), settings);
      setDraft(null);
    },
  });

  const value = draft ?? setting.value ?? "";
  const commit = () => {
    if (draft === null || setting.locked || change.isPending) return;
    const wanted = draft.trim();
    if (wanted === (setting.value ?? "")) setDraft(null);
    else change.mutate(wanted === "" ? null : wanted);
  };
  const refusal = change.error && refusalWords(setting, change.error, t);
  const shownDefault = choiceWords(setting, setting.default ?? "", t);
  const lock = lockWords(setting, t);

  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!wanted) return;
    row.current?.scrollIntoView({ block: "center" });
    (row.current?.querySelector<HTMLElement>("input:enabled, select:enabled") ?? row.current)?.focus();
  }, [wanted]);

  return (
    <div ref={row} className={styles.setting} tabIndex={-1} data-wanted={wanted || undefined}>
      <Field
        label={label}
        hint={
          lock ? (
            <span className={styles.lock}>
              <LockClosed16Regular aria-hidden="true" />
              {lock}
            </span>
          ) : (
            help
          )
        }
        validationState={refusal ? "error" : "none"}
        validationMessage={refusal}
      >
        {setting.input === "boolean" ? (
          <Switch
            {...restoreFocus}
            checked={value === "true"}
            disabled={setting.locked || change.isPending}
            label={t(value === "true" ? "settings.on" : "settings.off")}
            onChange={(_, { checked }) => {
              const save = () => change.mutate(String(checked));
              if (checked && setting.key === "partner_center.enabled") guard(save);
              else save();
            }}
          />
        ) : setting.input === "choice" ? (
          <Select
            value={value}
            disabled={setting.locked || change.isPending}
            onChange={(_, { value: chosen }) => change.mutate(chosen)}
          >
            {[...new Set([...(value && setting.choices.includes(value) ? [] : [value]), ...setting.choices])].map(
              (choice) => (
                <option key={choice} value={choice}>
                  {choiceWords(setting, choice, t)}
                </option>
              ),
            )}
          </Select>
        ) : (
          <Input
            value={value}
            disabled={setting.locked}
            inputMode={setting.input === "number" ? "numeric" : "text"}
            placeholder={shownDefault}
            spellCheck={false}
            autoComplete="off"
            onChange={(_, data) => {
              setDraft(data.value);
              if (!change.isPending) change.reset();
            }}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === "Enter") commit();
              if (event.key === "Escape") {
                setDraft(null);
                change.reset();
              }
            }}
          />
        )}
      </Field>
      <span className={styles.after}>
        {setting.source === "file" && !setting.locked && (
          <Tooltip
            content={shownDefault ? t("settings.reset", { value: shownDefault }) : t("settings.reset_empty")}
            relationship="label"
          >
            <Button
              appearance="subtle"
              size="small"
              icon={<ArrowResetRegular />}
              disabled={change.isPending}
              onClick={() => change.mutate(null)}
            />
          </Tooltip>
        )}
        <span role="status">
          {change.isSuccess && draft === null && (
            <span className={styles.saved}>
              <Checkmark16Regular aria-hidden="true" />
              {t("settings.saved")}
            </span>
          )}
        </span>
      </span>
    </div>
  );
}
