import { Button, Field, Input } from "@fluentui/react-components";
import { useState } from "react";
import { toErrorBody } from "../../api/errors";
import { useCall, useSettings, useSnapshot } from "../../api/hooks";
import { errorWords } from "../../components/errors";
import { Mark } from "../../components/Mark";
import { useCommand } from "../../components/notices";
import { useWords } from "../../i18n";
import { lockWords } from "../settings/words";
import styles from "./FirstRun.module.css";
import { isClientId, isTenantId } from "./identity";
import { MicrosoftMark } from "./MicrosoftMark";

/** All that a new user has to decide: sign in, or look around first. */
export function FirstRun() {
  const { t } = useWords();
  const { configured } = useSnapshot();
  const command = useCommand();
  return (
    <div className={styles.stage}>
      <section className={styles.card} aria-labelledby="welcome">
        <Mark className={styles.mark} />
        <h1 id="welcome" className={styles.title}>
          {t("sign_in.welcome")}
        </h1>
        <p className={styles.text}>{configured ? t("sign_in.welcome_text") : t("sign_in.setup_text")}</p>
        {configured ? (
          <SignInButton onClick={() => void command("sign_in", {})} />
        ) : (
          <SetUp onSaved={() => void command("sign_in", {})} />
        )}
        <Button appearance="transparent" size="small" onClick={() => void command("explore_sample_data", {})}>
          {t("sign_in.sample_button")}
        </Button>
        <p className={styles.privacy}>{t("sign_in.privacy")}</p>
      </section>
    </div>
  );
}

function SignInButton({ onClick }: { onClick?: () => void }) {
  const { t } = useWords();
  return (
    <Button
      className={styles.primary}
      appearance="primary"
      size="large"
      icon={<MicrosoftMark />}
      type={onClick ? "button" : "submit"}
      onClick={onClick}
    >
      {t("sign_in.button")}
    </Button>
  );
}

const fields = [
  { id: "client_id", key: "partner_center.client_id", valid: isClientId },
  { id: "tenant_id", key: "partner_center.tenant_id", valid: isTenantId },
] as const;
type FieldId = (typeof fields)[number]["id"];

function SetUp({ onSaved }: { onSaved: () => void }) {
  const { t } = useWords();
  const call = useCall();
  const settings = useSettings();
  const [typed, setTyped] = useState<Partial<Record<FieldId, string>>>({});
  const [errors, setErrors] = useState<Partial<Record<FieldId, string>>>({});
  const [saving, setSaving] = useState(false);
  const held = (key: string) => settings.data?.find((setting) => setting.key === key);
  const entered = ({ id, key }: (typeof fields)[number]) => (typed[id] ?? held(key)?.value ?? "").trim();

  const submit = async () => {
    const wrong = fields.filter((field) => !field.valid(entered(field)));
    setErrors(Object.fromEntries(wrong.map(({ id }) => [id, t(`sign_in.ids.${id}.invalid`)])));
    if (wrong.length > 0) return;
    setSaving(true);
    try {
      for (const field of fields) {
        if (held(field.key)?.locked) continue;
        try {
          await call("set_setting", { key: field.key, value: entered(field) });
        } catch (thrown) {
          const { message, hint } = errorWords(toErrorBody(thrown), t);
          setErrors({ [field.id]: hint ? `${message} ${hint}` : message });
          return;
        }
      }
      onSaved();
    } finally {
      setSaving(false);
    }
  };

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving) void submit();
      }}
    >
      {fields.map((field) => {
        const setting = held(field.key);
        const error = errors[field.id];
        const lock = setting && lockWords(setting, t);
        return (
          <Field
            key={field.id}
            label={t(`sign_in.ids.${field.id}.label`)}
            hint={lock ?? t(`sign_in.ids.${field.id}.hint`)}
            validationMessage={error}
            validationState={error ? "error" : "none"}
          >
            <Input
              value={typed[field.id] ?? setting?.value ?? ""}
              readOnly={setting?.locked}
              spellCheck={false}
              autoComplete="off"
              onChange={(_, { value }) => {
                setTyped((before) => ({ ...before, [field.id]: value }));
                setErrors((before) => ({ ...before, [field.id]: undefined }));
              }}
            />
          </Field>
        );
      })}
      <p className={styles.where}>{t("sign_in.where")}</p>
      <SignInButton />
    </form>
  );
}
