import { Button, Tooltip } from "@fluentui/react-components";
import { Keyboard20Regular } from "@fluentui/react-icons/headless/svg/keyboard";
import { Navigation20Regular } from "@fluentui/react-icons/headless/svg/navigation";
import { Prompt20Regular } from "@fluentui/react-icons/headless/svg/prompt";
import { useMedia, useStored } from "../../components/hooks";
import { useWords } from "../../i18n";
import styles from "./Frame.module.css";
import { KeyCaps } from "./KeyCaps";
import { ariaKeys, keysByArea } from "./keys";
import { useOverlays } from "./overlays";
import { hrefOf } from "./route";
import { useView, views } from "./views";

/** What helps everywhere, for those who do not know its key yet. */
const aids = [
  { overlay: "palette", icon: Prompt20Regular, words: "palette.title", strokes: keysByArea.anywhere.palette },
  { overlay: "sheet", icon: Keyboard20Regular, words: "keys.short", strokes: keysByArea.anywhere.sheet },
] as const;

const isFlag = (stored: unknown): stored is boolean => typeof stored === "boolean";

export function Navigation() {
  const { t } = useWords();
  const current = useView();
  const show = useOverlays();
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
      <div className={styles.footer}>
        {aids.map(({ overlay, icon: Icon, words, strokes }) => (
          <Tooltip
            key={overlay}
            content={{
              children: (
                <>
                  {t(words)} <KeyCaps stroke={strokes[0]} />
                </>
              ),
            }}
            relationship="inaccessible"
            positioning="after"
          >
            <button
              type="button"
              className={styles.link}
              aria-label={collapsed ? t(words) : undefined}
              aria-keyshortcuts={ariaKeys(...strokes)}
              onClick={() => show(overlay)}
            >
              <Icon className={styles.icon} aria-hidden="true" />
              {!collapsed && <span>{t(words)}</span>}
            </button>
          </Tooltip>
        ))}
      </div>
    </nav>
  );
}
