import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { Fragment } from "react";
import { ReturnFocus } from "../../components/ReturnFocus";
import { useWords } from "../../i18n";
import styles from "./KeyboardSheet.module.css";
import { KeyCaps } from "./KeyCaps";
import { areas, keysOf } from "./keys";

/** Every key, by where it works. */
export function KeyboardSheet({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.sheet}>
        <DialogBody>
          <DialogTitle>{t("keys.title")}</DialogTitle>
          {/* What scrolls can be scrolled by the keyboard. */}
          <DialogContent className={styles.areas} tabIndex={0} role="group" aria-label={t("keys.title")}>
            {areas.map((area) => (
              <section key={area} aria-labelledby={`keys-${area}`}>
                <h3 id={`keys-${area}`} className={styles.area}>
                  {t(`keys.area.${area}`)}
                </h3>
                <dl className={styles.list}>
                  {keysOf(area).map(([id, strokes]) => (
                    <div key={id} className={styles.entry}>
                      <dt>{t(`keys.what.${id}`)}</dt>
                      <dd>
                        {strokes.map((stroke, place) => (
                          <Fragment key={stroke}>
                            {place > 0 && ` ${t("keys.or")} `}
                            <KeyCaps stroke={stroke} />
                          </Fragment>
                        ))}
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t("common.close")}
            </Button>
          </DialogActions>
        </DialogBody>
        <ReturnFocus />
      </DialogSurface>
    </Dialog>
  );
}
