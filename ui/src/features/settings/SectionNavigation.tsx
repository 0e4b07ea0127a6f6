import { useWords } from "../../i18n";
import { hrefOf } from "../frame/route";
import styles from "./Settings.module.css";
import { type SectionId, sections } from "./sections";

export function SectionNavigation({ current }: { current: SectionId }) {
  const { t } = useWords();
  return (
    <nav className={styles.sections} aria-label={t("settings.sections")}>
      {sections.map(({ id, icon: Icon }) => (
        <a
          key={id}
          className={styles.section}
          href={hrefOf("settings", id)}
          aria-current={id === current ? "page" : undefined}
        >
          <Icon aria-hidden="true" />
          {t(`settings.section.${id}`)}
        </a>
      ))}
    </nav>
  );
}
