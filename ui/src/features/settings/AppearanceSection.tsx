import { Field, MessageBar, MessageBarBody, Radio, RadioGroup } from "@fluentui/react-components";
import { useMedia } from "../../components/hooks";
import { useWords } from "../../i18n";
import { useAppearance } from "../appearance/Themed";
import { appearances, isAppearance } from "../appearance/themes";
import styles from "./Settings.module.css";

/** Kept in this window, not in the engine: each computer has its own screen. */
export function AppearanceSection() {
  const { t } = useWords();
  const { appearance, setAppearance } = useAppearance();
  const forced = useMedia("(forced-colors: active)");
  return (
    <section className={styles.group} aria-labelledby="appearance">
      <h2 id="appearance" className={styles.groupTitle}>
        {t("appearance.title")}
      </h2>
      <p className={styles.groupText}>{t("appearance.text")}</p>
      {forced && (
        <MessageBar intent="info" layout="multiline">
          <MessageBarBody>{t("appearance.forced")}</MessageBarBody>
        </MessageBar>
      )}
      <Field label={t("appearance.theme")}>
        <RadioGroup
          value={appearance}
          onChange={(_, { value }) => {
            if (isAppearance(value)) setAppearance(value);
          }}
        >
          {appearances.map((choice) => (
            <Radio
              key={choice}
              value={choice}
              label={
                <>
                  {t(`appearance.choice.${choice}`)}
                  <span className={styles.radioHint}>{t(`appearance.hint.${choice}`)}</span>
                </>
              }
            />
          ))}
        </RadioGroup>
      </Field>
    </section>
  );
}
