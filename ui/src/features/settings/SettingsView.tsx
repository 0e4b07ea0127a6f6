import { useWords } from "../../i18n";
import { useRoute } from "../frame/route";
import { SectionNavigation } from "./SectionNavigation";
import styles from "./Settings.module.css";
import { sectionAt } from "./sections";

/** A section at a time; the address names it, or a setting in it. */
export function SettingsView() {
  const { t } = useWords();
  const { place } = useRoute();
  const { id, content: Content } = sectionAt(place);
  return (
    <div className={styles.view}>
      <div className={styles.page}>
        <h1 className={styles.title}>{t("settings.title")}</h1>
        <SectionNavigation current={id} />
        <div className={styles.content}>
          <Content key={id} place={place} />
        </div>
      </div>
    </div>
  );
}
