/** Decimal text of what a person typed in their own way of writing numbers; null if it cannot be told for sure. */
export function readAmount(typed: string, locale: string): string | null {
  const parts = new Intl.NumberFormat(locale).formatToParts(1234567.5);
  const sign = (type: "group" | "decimal") => parts.find((part) => part.type === type)?.value ?? "";
  const text = typed.trim().replace(/\s/gu, " ");
  const group = sign("group").replace(/\s/gu, " ");
  const decimal = sign("decimal");
  const escaped = (literal: string) => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const grouped = group && `|\\d{1,3}(?:${escaped(group)}\\d{3})+`;
  if (!new RegExp(`^(?:\\d+${grouped})(?:${escaped(decimal)}\\d+)?$`).test(text)) return null;
  const [whole = "", fraction] = text.split(decimal);
  const digits = whole.replaceAll(group, "");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}
