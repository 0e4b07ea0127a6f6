/** A value of a JSON text, with every digit, escape and letter as received. */
export type JsonNode = {
  /** Its place among all nodes, which stand in the order of the text. */
  id: number;
  parent: number | null;
  /** 1 for what stands in the outermost object. */
  level: number;
  /** Quotes and all; null in an array. */
  key: string | null;
  kind: "object" | "array" | "value";
  /** Empty for what holds others. */
  value: string;
  /** How many it holds. */
  size: number;
  /** Its place among those that its parent holds, from 1. */
  position: number;
  /** The place after the last one within it. */
  end: number;
};

/** Where a searched word stands in a row's text. */
export type Match = { node: number; start: number; end: number };
/** A stretch of a row's text; `match` is its number among all matches. */
export type Piece = { text: string; match: number | null; isKey: boolean };

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gs;

/** Takes a JSON text apart without converting anything; a text that is none is one value. */
export function readJson(text: string): JsonNode[] {
  return takeApart(text.match(TOKENS) ?? []) ?? [valueNode(text)];
}

function takeApart(tokens: string[]): JsonNode[] | null {
  const nodes: JsonNode[] = [];
  const open: JsonNode[] = [];
  let key: string | null = null;
  for (const [place, token] of tokens.entries()) {
    const holder = open.at(-1);
    if (token === "," || token === ":") continue;
    if (token === "}" || token === "]") {
      if (!holder || key !== null || (holder.kind === "object") !== (token === "}")) return null;
      holder.end = nodes.length;
      if (holder.size === 0) Object.assign(holder, { kind: "value", value: token === "}" ? "{}" : "[]" });
      open.pop();
      continue;
    }
    if (holder?.kind === "object" && key === null) {
      if (tokens[place + 1] !== ":") return null;
      key = token;
      continue;
    }
    if (!holder && nodes.length > 0) return null;
    if (holder) holder.size += 1;
    const node: JsonNode = {
      ...valueNode(token),
      id: nodes.length,
      parent: holder?.id ?? null,
      level: open.length,
      key,
      position: holder?.size ?? 1,
      end: nodes.length + 1,
    };
    nodes.push(node);
    key = null;
    if (token === "{" || token === "[") {
      Object.assign(node, { kind: token === "{" ? "object" : "array", value: "" });
      open.push(node);
    }
  }
  return open.length === 0 && nodes.length > 0 ? nodes : null;
}

const valueNode = (value: string): JsonNode => ({
  id: 0,
  parent: null,
  level: 0,
  key: null,
  kind: "value",
  value,
  size: 0,
  position: 1,
  end: 1,
});

export const holdsOthers = ({ kind }: JsonNode): boolean => kind !== "value";

/** The rows that are not folded away; the outermost object is shown by what it holds. */
export function visibleNodes(nodes: JsonNode[], folded: ReadonlySet<number>): JsonNode[] {
  const [root] = nodes;
  const shown: JsonNode[] = [];
  for (let place = root && holdsOthers(root) ? 1 : 0; place < nodes.length; ) {
    const node = nodes[place] as JsonNode;
    shown.push(node);
    place = folded.has(place) ? node.end : place + 1;
  }
  return shown;
}

/** A row's text: what is shown of it and what is searched. */
export function rowText({ key, value }: JsonNode): string {
  return key === null ? value : `${key}: ${value}`.trimEnd();
}

/** Whatever the letter case, in the order of the text. */
export function findMatches(nodes: JsonNode[], wanted: string): Match[] {
  if (!wanted) return [];
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
  return nodes.flatMap((node) =>
    [...rowText(node).matchAll(pattern)].map(({ index, 0: { length } }) => ({
      node: node.id,
      start: index,
      end: index + length,
    })),
  );
}

/** A row's text, cut where its key and its matches begin and end. */
export function pieces(node: JsonNode, matches: Array<Match & { number: number }>): Piece[] {
  const text = rowText(node);
  const keyEnd = node.key === null ? 0 : node.key.length + 1;
  const cuts = [0, keyEnd, ...matches.flatMap(({ start, end }) => [start, end]), text.length];
  const places = [...new Set(cuts)].sort((a, b) => a - b);
  return places.slice(1).map((end, place) => {
    const start = places[place] as number;
    const match = matches.find((one) => one.start <= start && end <= one.end);
    return { text: text.slice(start, end), match: match?.number ?? null, isKey: end <= keyEnd };
  });
}

/** What must be unfolded for a node to be seen. */
export function holdersOf(nodes: JsonNode[], id: number): number[] {
  const holders: number[] = [];
  for (let node = nodes[id]; node && node.parent !== null; node = nodes[node.parent]) holders.push(node.parent);
  return holders;
}
