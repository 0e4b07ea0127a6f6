const dateOf = (month: string) => new Date(`${month}-01T00:00:00Z`);
const inMonths = (month: string, locale: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(dateOf(month));

/** `March 2026`. */
export const monthWords = (month: string, locale: string): string =>
  inMonths(month, locale, { month: "long", year: "numeric" });

/** `Mar 26`, for an axis. */
export const shortMonth = (month: string, locale: string): string =>
  inMonths(month, locale, { month: "short", year: "2-digit" });

/** Hours up to two days, days from there on. */
export function hoursWords(hours: number, locale: string): string {
  const [value, unit] = hours < 48 ? [hours, "hour"] : [hours / 24, "day"];
  const options = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

export const percent = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);

/** `1.25M`, for an axis. */
export const roughly = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 }).format(value);
