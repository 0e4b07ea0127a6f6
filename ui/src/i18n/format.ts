import type { Translate } from ".";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Decimal = `${number}`;
const isDecimal = (text: string): text is Decimal => /^-?\d+(\.\d+)?$/.test(text);

/** What writes numbers or dates takes long to make, and a list needs the same few for each row. */
function remembered<Options, Format>(make: (locale: string, options?: Options) => Format) {
  const made = new Map<string, Format>();
  return (locale: string, options?: Options, also?: number): Format => {
    const key = JSON.stringify([locale, options, also]);
    const format = made.get(key) ?? make(locale, options);
    made.set(key, format);
    return format;
  };
}

const numbers = remembered((locale, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
const datesHere = remembered(
  (locale, options?: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);
/** Made anew where the computer has been taken to another time zone. */
const dates = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  datesHere(locale, options, new Date().getTimezoneOffset());
const regions = remembered((locale) => new Intl.DisplayNames(locale, { type: "region", fallback: "none" }));

const languages = remembered((locale) => new Intl.DisplayNames(locale, { type: "language" }));

/** Decimal text in, words out; the digits never pass through a float. */
export function money(value: string, currency: string | null, locale: string): string {
  if (!isDecimal(value)) return currency ? `${value} ${currency}` : value;
  const fraction = value.split(".")[1]?.length ?? 0;
  const options: Intl.NumberFormatOptions = {
    maximumFractionDigits: Math.min(Math.max(fraction, 2), 20),
    trailingZeroDisplay: "stripIfInteger",
  };
  const plain = (amount: Decimal) => numbers(locale, { ...options, minimumFractionDigits: 2 }).format(amount);
  if (currency) {
    try {
      return numbers(locale, { ...options, style: "currency", currency }).format(value);
    } catch {
      return `${plain(value)} ${currency}`;
    }
  }
  return plain(value);
}

export const count = (value: number, locale: string): string => numbers(locale).format(value);

const instant = (text: string): Date | null => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
};

export function day(text: string, locale: string): string {
  const date = instant(text);
  return date ? dates(locale, { dateStyle: "medium" }).format(date) : text;
}

export function dayAndTime(text: string, locale: string): string {
  const date = instant(text);
  return date ? dates(locale, { dateStyle: "medium", timeStyle: "short" }).format(date) : text;
}

/** With its seconds, for what is compared with other times. */
export function momentToTheSecond(text: string, locale: string): string {
  const date = instant(text);
  return date ? dates(locale, { dateStyle: "short", timeStyle: "medium" }).format(date) : text;
}

/** `14:05` today, with the date on any other day. */
export function clockTime(text: string, now: number, locale: string): string {
  const date = instant(text);
  if (!date) return text;
  const time = dates(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${dates(locale, { day: "numeric", month: "short" }).format(date)} ${time}`;
}

/** A length of time in its largest unit, at least one minute. */
export function duration(milliseconds: number, t: Translate): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  if (minutes < 60) return t("duration.minutes", { count: minutes });
  const hours = Math.round(milliseconds / HOUR);
  if (hours < 24) return t("duration.hours", { count: hours });
  return t("duration.days", { count: Math.round(milliseconds / DAY) });
}

/** How long ago a moment is. */
export function sinceWords(text: string, now: number, t: Translate): string {
  const past = now - new Date(text).getTime();
  if (Number.isNaN(past)) return text;
  return past < MINUTE ? t("duration.just_now") : t("duration.ago", { duration: duration(past, t) });
}

/** How long something took: tenths of a second below ten, minutes from one on. */
export function timeTaken(milliseconds: number, locale: string): string {
  const unit = (value: number, name: "second" | "minute", digits: number) =>
    numbers(locale, { style: "unit", unit: name, maximumFractionDigits: digits }).format(value);
  if (milliseconds < MINUTE) return unit(milliseconds / SECOND, "second", milliseconds < 10 * SECOND ? 1 : 0);
  const seconds = Math.round(milliseconds / SECOND);
  return `${unit(Math.floor(seconds / 60), "minute", 0)} ${unit(seconds % 60, "second", 0)}`;
}

/** `1.2 MB`. */
export function amountOfData(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return numbers(locale, {
    style: "unit",
    unit: units[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

/** `14:59`, rounded up, never below zero. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function country(code: string, locale: string): string {
  const name = countryName(code, locale);
  return name === code ? code : `${name} (${code})`;
}

/** The country's name in the user's language; what is no code stays as it is. */
export function countryName(code: string, locale: string): string {
  if (!/^[A-Za-z]{2}$/.test(code)) return code;
  return regions(locale).of(code.toUpperCase()) ?? code;
}

/** The language's name in the user's language; what is no tag of one stays as it is. */
export function languageName(tag: string, locale: string): string {
  try {
    return languages(locale).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The service's word for a company's size in numbers: `51to250employees`, `Morethan20000employees`. */
export function companySize(word: string, t: Translate, locale: string): string {
  const [, from, to, above] = /^(?:(\d+)to(\d+)|morethan(\d+))employees$/i.exec(word) ?? [];
  if (above) return t("details.employees_above", { above: count(Number(above), locale) });
  if (!from || !to) return word;
  return t("details.employees", { from: count(Number(from), locale), to: count(Number(to), locale) });
}

/** A word of the service, written as one, in its parts: `DeploymentOrMigration`. */
export const inParts = (word: string): string => word.replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, " ");

/** Up to two initials, capitalised as the language does (i → İ in Turkish). */
export function initials(name: string, locale: string): string {
  const words = name.split(/[\s.@_-]+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => Array.from(word ?? "")[0] ?? "",
  );
  return letters.join("").toLocaleUpperCase(locale);
}

/** With its sign, so that what adds and what takes away are told apart. */
export const signed = (value: number, locale: string): string =>
  numbers(locale, { signDisplay: "exceptZero" }).format(value);

/** `82%` of a whole of a hundred. */
export const percent = (hundredths: number, locale: string): string =>
  numbers(locale, { style: "percent" }).format(hundredths / 100);
