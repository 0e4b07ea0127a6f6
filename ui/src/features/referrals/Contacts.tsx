import type { Contact, ReferralDetails } from "../../api/bindings";
import { CopyButton } from "../../components/CopyButton";
import { panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { initials } from "../../i18n/format";
import styles from "./Details.module.css";

export function Contacts({ referral }: { referral: ReferralDetails }) {
  const { t } = useWords();
  if (referral.contacts.length === 0) return <p className={panelStyles.nothing}>{t("details.no_contacts")}</p>;
  return (["customer", "partner"] as const).map((side) => {
    const people = referral.contacts.filter((contact) => contact.side === side);
    if (people.length === 0) return null;
    return (
      <section className={panelStyles.group} key={side}>
        <h3 className={panelStyles.groupTitle}>{t(`details.side_${side}`)}</h3>
        <ul className={styles.people}>
          {people.map((contact, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: contacts have no id, and the list is replaced as a whole
            <Person contact={contact} key={place} />
          ))}
        </ul>
      </section>
    );
  });
}

function Person({ contact }: { contact: Contact }) {
  const { t, locale } = useWords();
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  const lines = [
    [t("details.email"), contact.email],
    [t("details.phone"), contact.phone],
  ] as const;
  return (
    <li className={styles.person}>
      <span className={styles.avatar} aria-hidden="true">
        {initials(name || (contact.email ?? "?"), locale)}
      </span>
      <div className={styles.personText}>
        <strong>{name || t("details.unnamed_contact")}</strong>
        {contact.title && <span className={styles.personTitle}>{contact.title}</span>}
        {lines.map(([label, value]) =>
          value ? (
            <span className={styles.reach} key={label}>
              <span className={panelStyles.value}>{value}</span>
              <CopyButton text={value} what={label} className={panelStyles.copy} />
            </span>
          ) : null,
        )}
        {contact.locale && (
          <span className={styles.personTitle}>
            {t("details.language")}: {contact.locale}
          </span>
        )}
      </div>
    </li>
  );
}
