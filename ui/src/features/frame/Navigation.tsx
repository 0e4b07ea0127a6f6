import { Button, Tooltip } from "@fluentui/react-components";
import { Navigation20Regular } from "@fluentui/react-icons/svg/navigation";
import { useMedia, useStored } from "../../components/hooks";
import { useWords } from "../../i18n";
import styles from "./Frame.module.css";
import { hrefOf } from "./route";
import { useView, views } from "./views";

const isFlag = (stored: unknown): stored is boolean => typeof stored === "boolean";

export function Navigation() {
  const { t } = useWords();
  const current = useView();
  const narrow = useMedia("(max-width: 900px)");
  const [folded, setFolded] = useStored("frame.folded", false, isFlag);
  const collapsed = narrow || folded;
  return (
    <nav className={styles.nav} aria-label={t("nav.label")} data-collapsed={collapsed || undefined}>
      {!narrow && (
        <Tooltip content={t(folded ? "nav.expand" : "nav.collapse")} relationship="label" positioning="after">
          <Button
            className={styles.fold}
            appearance="transparent"
            icon={<Navigation20Regular />}
            aria-expanded={!folded}
            onClick={() => setFolded(!folded)}
          />
        </Tooltip>
      )}
      {views.map(({ id, icon: Icon, activeIcon: ActiveIcon }) => {
        const active = id === current.id;
        const link = (
          <a
            key={id}
            className={styles.link}
            href={hrefOf(id)}
            aria-current={active ? "page" : undefined}
            aria-label={collapsed ? t(`nav.${id}`) : undefined}
          >
            {active ? <ActiveIcon aria-hidden="true" /> : <Icon aria-hidden="true" />}
            {!collapsed && <span>{t(`nav.${id}`)}</span>}
          </a>
        );
        return collapsed ? (
          <Tooltip key={id} content={t(`nav.${id}`)} relationship="inaccessible" positioning="after">
            {link}
          </Tooltip>
        ) : (
          link
        );
      })}
    </nav>
  );
}
