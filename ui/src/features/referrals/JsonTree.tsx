import { ChevronDown16Regular } from "@fluentui/react-icons/headless/svg/chevron-down";
import { ChevronRight16Regular } from "@fluentui/react-icons/headless/svg/chevron-right";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { useWords } from "../../i18n";
import styles from "./Details.module.css";
import { holdsOthers, type JsonNode, type Match, pieces, visibleNodes } from "./json";

const ROW_HEIGHT = 22;
const PAGE = 20;
const INDENT = 14;
const DEEPEST_INDENT = 12;

type Props = {
  label: string;
  nodes: JsonNode[];
  folded: ReadonlySet<number>;
  onFold: (id: number, fold: boolean) => void;
  matches: Match[];
  /** The number of the match that is looked at. */
  current: number;
};

/** A payload as a tree: only the rows in view exist, and the keyboard walks it from one tab stop. */
export function JsonTree({ label, nodes, folded, onFold, matches, current }: Props) {
  const treeId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleNodes(nodes, folded), [nodes, folded]);
  const [active, setActive] = useState(rows[0]?.id ?? 0);
  const numbered = useMemo(() => byNode(matches), [matches]);
  const found = rows.findIndex(({ id }) => id === active);
  const activeRow = Math.max(found, 0);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => rows[index]?.id ?? index,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    useFlushSync: false,
    rangeExtractor: useCallback(
      (range: Range) => [...new Set([...defaultRangeExtractor(range), activeRow])].sort((a, b) => a - b),
      [activeRow],
    ),
  });

  const goTo = (row: number) => {
    const index = Math.min(Math.max(row, 0), rows.length - 1);
    const node = rows[index];
    if (!node) return;
    setActive(node.id);
    virtualizer.scrollToIndex(index);
  };

  const wanted = matches[current];
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another match is gone to, and once
  useEffect(() => {
    if (!wanted) return;
    goTo(rows.findIndex(({ id }) => id === wanted.node));
    const frame = requestAnimationFrame(() => {
      scroller.current?.querySelector("mark[data-current]")?.scrollIntoView({ block: "center" });
    });
    return () => cancelAnimationFrame(frame);
  }, [wanted]);

  const fold = (node: JsonNode, wish: boolean) => {
    if (!holdsOthers(node)) return;
    setActive(node.id);
    onFold(node.id, wish);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const node = rows[activeRow];
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const isOpen = holdsOthers(node) && !folded.has(node.id);
    if (event.key === "ArrowDown") goTo(activeRow + 1);
    else if (event.key === "ArrowUp") goTo(activeRow - 1);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(rows.length - 1);
    else if (event.key === "PageDown") goTo(activeRow + PAGE);
    else if (event.key === "PageUp") goTo(activeRow - PAGE);
    else if (event.key === "ArrowRight") isOpen ? goTo(activeRow + 1) : fold(node, false);
    else if (event.key === "ArrowLeft") {
      if (isOpen) fold(node, true);
      else if (node.level > 1) goTo(rows.findIndex(({ id }) => id === node.parent));
    } else if (event.key === "Enter" || event.key === " ") fold(node, isOpen);
    else return;
    event.preventDefault();
  };

  const onClick = (event: React.MouseEvent) => {
    const index = event.target instanceof Element && event.target.closest<HTMLElement>("[data-index]")?.dataset.index;
    const node = index ? rows[Number(index)] : undefined;
    if (!node || !document.getSelection()?.isCollapsed) return;
    setActive(node.id);
    fold(node, !folded.has(node.id));
  };

  return (
    <div
      ref={scroller}
      role="tree"
      className={styles.tree}
      aria-label={label}
      aria-activedescendant={`${treeId}-${rows[activeRow]?.id}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div role="presentation" className={styles.treeBody} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start, key }) => {
          const node = rows[index];
          if (!node) return null;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              id={`${treeId}-${node.id}`}
              data-index={index}
              data-active={index === activeRow || undefined}
              role="treeitem"
              tabIndex={-1}
              aria-level={Math.max(1, node.level)}
              aria-setsize={node.parent === null ? 1 : nodes[node.parent]?.size}
              aria-posinset={node.position}
              aria-expanded={holdsOthers(node) ? !folded.has(node.id) : undefined}
              aria-selected={index === activeRow}
              className={styles.treeRow}
              style={{
                transform: `translateY(${start}px)`,
                paddingLeft: INDENT * Math.min(node.level - 1, DEEPEST_INDENT) + 20,
              }}
            >
              <Row
                node={node}
                inArray={node.parent !== null && nodes[node.parent]?.kind === "array"}
                isFolded={folded.has(node.id)}
                matches={numbered.get(node.id) ?? NONE}
                current={current}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

type Numbered = Array<Match & { number: number }>;
const NONE: Numbered = [];

function byNode(matches: Match[]): Map<number, Numbered> {
  const numbered = new Map<number, Numbered>();
  for (const [number, match] of matches.entries()) {
    const known = numbered.get(match.node);
    if (known) known.push({ ...match, number });
    else numbered.set(match.node, [{ ...match, number }]);
  }
  return numbered;
}

type RowProps = { node: JsonNode; inArray: boolean; isFolded: boolean; matches: Numbered; current: number };

function Row({ node, inArray, isFolded, matches, current }: RowProps) {
  const { t } = useWords();
  const Chevron = isFolded ? ChevronRight16Regular : ChevronDown16Regular;
  return (
    <>
      {holdsOthers(node) && <Chevron className={styles.chevron} aria-hidden="true" />}
      {inArray && <span className={styles.place}>{node.position} </span>}
      {pieces(node, matches).map(({ text, match, isKey }, place) => {
        const className = isKey ? styles.jsonKey : undefined;
        return match === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
          <span key={place} className={className}>
            {text}
          </span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
          <mark key={place} className={className} data-current={match === current || undefined}>
            {text}
          </mark>
        );
      })}
      {holdsOthers(node) && (
        <span className={styles.place}>
          {" "}
          {node.kind === "object"
            ? t("details.raw_fields", { count: node.size })
            : t("details.raw_entries", { count: node.size })}
        </span>
      )}
    </>
  );
}
