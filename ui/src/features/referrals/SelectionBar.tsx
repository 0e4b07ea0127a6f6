import { Button } from "@fluentui/react-components";
import { Copy20Regular } from "@fluentui/react-icons/headless/svg/copy";
import { Dismiss20Regular } from "@fluentui/react-icons/headless/svg/dismiss";
import { MailRead20Regular } from "@fluentui/react-icons/headless/svg/mail-read";
import { Star20Regular } from "@fluentui/react-icons/headless/svg/star";
import { StarOff20Regular } from "@fluentui/react-icons/headless/svg/star-off";
import styles from "../../components/List.module.css";
import { useCommand, useNotify } from "../../components/notices";
import { useWords } from "../../i18n";
import { type Exporting, ExportMenu } from "./exporting";
import type { Marks } from "./marks";
import { useStar } from "./star";

type Props = {
  marks: Marks;
  total: number;
  /** Whether all of them that are in sight have a star. */
  starred: boolean;
  exporting: Exporting;
  onClear: () => void;
};

/** What can be done with the marked rows; it takes the toolbar's place while there are any. */
export function SelectionBar({ marks, total, starred, exporting, onClear }: Props) {
  const { t } = useWords();
  const command = useCommand();
  const notify = useNotify();
  const star = useStar();
  const ids = [...marks.ids];
  const count = ids.length;
  const partly = marks.all === true && total > count;
  const copy = async () => {
    if (await command("copy_referrals", { ids }))
      notify({ intent: "success", title: t("selection.copied", { count }) });
  };
  return (
    <div
      className={styles.toolbar}
      role="toolbar"
      aria-label={t("selection.label")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) onClear();
      }}
    >
      <h1 className="visually-hidden">{t("referrals.title")}</h1>
      <span className={styles.marked} role="status">
        {partly ? t("selection.first", { count, total }) : t("selection.count", { count })}
      </span>
      <Button appearance="subtle" icon={<Copy20Regular />} aria-label={t("selection.copy")} onClick={() => void copy()}>
        <span className={styles.buttonText}>{t("selection.copy")}</span>
      </Button>
      <Button
        appearance="subtle"
        icon={starred ? <StarOff20Regular /> : <Star20Regular />}
        aria-label={t(starred ? "selection.unstar" : "selection.star")}
        onClick={() => void star(ids, !starred)}
      >
        <span className={styles.buttonText}>{t(starred ? "selection.unstar" : "selection.star")}</span>
      </Button>
      <Button
        appearance="subtle"
        icon={<MailRead20Regular />}
        aria-label={t("selection.seen")}
        onClick={() => void command("mark_seen", { ids })}
      >
        <span className={styles.buttonText}>{t("selection.seen")}</span>
      </Button>
      <ExportMenu label={t("selection.export")} exporting={exporting} ids={ids} />
      <Button
        className={styles.clear}
        appearance="subtle"
        icon={<Dismiss20Regular />}
        aria-label={t("selection.clear")}
        title={t("selection.clear")}
        onClick={onClear}
      />
    </div>
  );
}
