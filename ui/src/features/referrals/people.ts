import type { Contact } from "../../api/bindings";
import { holds } from "../../i18n/fold";

export const nameOf = ({ first_name, last_name }: Contact): string => [first_name, last_name].filter(Boolean).join(" ");

/** Those whose name, title or address holds every word. */
export const matching = (contacts: Contact[], wanted: string): Contact[] =>
  contacts.filter((contact) =>
    holds([nameOf(contact), contact.title, contact.email, contact.phone].join(" "), wanted.trim()),
  );

/** The customer's people first. */
export const bySide = (contacts: Contact[]): Contact[] =>
  (["customer", "partner"] as const).flatMap((side) => contacts.filter((contact) => contact.side === side));
