import { Button, Skeleton, SkeletonItem, Tab, TabList } from "@fluentui/react-components";
import { Dismiss20Regular } from "@fluentui/react-icons/headless/svg/dismiss";
import { useEffect, useRef } from "react";
import { useWords } from "../i18n";
import { CopyButton } from "./CopyButton";
import { useMedia } from "./hooks";
import { ReturnFocus } from "./ReturnFocus";
import styles from "./SidePanel.module.css";
import { isPressed, type Strokes } from "./strokes";

/** What the keyboard does in details; the tab list itself moves between tabs. */
export const panelKeys = {
  next_tab: ["ArrowRight"],
  previous_tab: ["ArrowLeft"],
  close: ["Escape"],
} as const satisfies Record<string, Strokes>;

type Props = {
  label: string;
  closeLabel: string;
  /** Whether the keyboard asks to go into the panel. */
  wantsFocus: boolean;
  onFocused: () => void;
  onClose: () => void;
  children: React.ReactNode;
};

/** Details beside the list they belong to; Escape closes them. */
export function SidePanel({ label, closeLabel, wantsFocus, onFocused, onClose, children }: Props) {
  const closeButton = useRef<HTMLButtonElement>(null);
  const coversList = useMedia("(max-width: 560px)");
  useEffect(() => {
    if (coversList || wantsFocus) closeButton.current?.focus();
    if (wantsFocus) onFocused();
  }, [coversList, wantsFocus, onFocused]);
  return (
    <aside
      className={styles.panel}
      aria-label={label}
      onKeyDown={(event) => {
        if (isPressed(event, panelKeys.close) && !event.defaultPrevented) onClose();
      }}
    >
      <Button
        ref={closeButton}
        className={styles.close}
        appearance="subtle"
        icon={<Dismiss20Regular />}
        aria-label={closeLabel}
        onClick={onClose}
      />
      {children}
      <ReturnFocus />
    </aside>
  );
}

export function PanelSkeleton() {
  const { t } = useWords();
  return (
    <Skeleton className={styles.skeleton} aria-busy="true" aria-label={t("referrals.loading_row")}>
      <SkeletonItem size={24} />
      <SkeletonItem size={16} />
      <SkeletonItem size={128} />
      <SkeletonItem size={64} />
    </Skeleton>
  );
}

type TabsProps<Id extends string> = {
  id: string;
  label: string;
  tabs: ReadonlyArray<{ id: Id; label: string }>;
  current: Id;
  onChoose: (id: Id) => void;
  children: React.ReactNode;
};

/** The panel's pages: one is shown and scrolls by itself. */
export function PanelTabs<Id extends string>({ id, label, tabs, current, onChoose, children }: TabsProps<Id>) {
  return (
    <>
      <TabList
        className={styles.tabs}
        aria-label={label}
        size="small"
        selectedValue={current}
        onTabSelect={(_, { value }) => onChoose(value as Id)}
      >
        {tabs.map((tab) => (
          <Tab key={tab.id} id={`${id}-tab-${tab.id}`} value={tab.id} aria-controls={`${id}-pane`}>
            {tab.label}
          </Tab>
        ))}
      </TabList>
      <div id={`${id}-pane`} className={styles.pane} role="tabpanel" aria-labelledby={`${id}-tab-${current}`}>
        {children}
      </div>
    </>
  );
}

export type Fact = readonly [label: string, value: React.ReactNode, copy?: "copy"];

/** A group of what is known; nothing known, no group. */
export function Facts({ title, facts }: { title: string; facts: Fact[] }) {
  const known = facts.filter(([, value]) => value);
  if (known.length === 0) return null;
  return (
    <section className={styles.group}>
      <h3 className={styles.groupTitle}>{title}</h3>
      <dl className={styles.facts}>
        {known.map(([label, value, copy]) => (
          <div className={styles.fact} key={label}>
            <dt>{label}</dt>
            <dd>
              <span className={styles.value}>{value}</span>
              {copy && typeof value === "string" && <CopyButton className={styles.copy} text={value} what={label} />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export { styles as panelStyles };
