import { Link, mergeClasses } from "@fluentui/react-components";
import type { ChecklistItem } from "../../api/bindings";
import { hrefOf } from "../frame/route";
import { StateMark } from "./badges";
import styles from "./Checklist.module.css";

type Props = { items: ChecklistItem[]; onShow: () => void; label?: string; className?: string | undefined };

/** Links that lead to items of the checklist. */
export function ItemLinks({ items, onShow, label, className }: Props) {
  return (
    <ul className={mergeClasses(styles.links, className)} aria-label={label}>
      {items.map((item) => (
        <li key={item.id}>
          <StateMark item={item} />
          <Link href={hrefOf("checklist", item.id)} onClick={onShow}>
            {item.title}
          </Link>
        </li>
      ))}
    </ul>
  );
}
