/** Indents JSON text without parsing it, so that every digit and escape stays as received. */
export function indentJson(text: string): string {
  let depth = 0;
  let out = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+|"/gs) ?? [];
  tokens.forEach((token, place) => {
    const next = tokens[place + 1];
    if (token === "{" || token === "[") {
      const empty = next === "}" || next === "]";
      if (!empty) depth += 1;
      out += empty ? token : token + line();
    } else if (token === "}" || token === "]") {
      const before = tokens[place - 1];
      if (before !== "{" && before !== "[") {
        depth = Math.max(0, depth - 1);
        out += line();
      }
      out += token;
    } else if (token === ",") out += token + line();
    else if (token === ":") out += ": ";
    else out += token;
  });
  return out;
}

/** The text in pieces, every second one a match, whatever the letter case. */
export function splitMatches(text: string, wanted: string): string[] {
  if (!wanted) return [text];
  const pattern = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.split(new RegExp(`(${pattern})`, "giu"));
}
