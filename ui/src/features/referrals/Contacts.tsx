import { Button, SearchBox, Tooltip } from "@fluentui/react-components";
import { Call16Regular } from "@fluentui/react-icons/headless/svg/call";
import { Mail16Regular } from "@fluentui/react-icons/headless/svg/mail";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useDeferredValue, useMemo, useRef, useState } from "react";
import type { Contact, Reach, ReferralDetails } from "../../api/bindings";
import { CopyButton } from "../../components/CopyButton";
import { useCommand } from "../../components/notices";
import { panelStyles } from "../../components/SidePanel";
import { useWords } from "../../i18n";
import { initials, languageName } from "../../i18n/format";
import styles from "./Details.module.css";
import { bySide, matching, nameOf } from "./people";

const ESTIMATED_HEIGHT = 112;
/** From here on a list is searched rather than read. */
const FEW = 20;
/** Where an address that is too long goes on in the next line. */
const BREAKS = /(?<=[@.])/;

export function Contacts({ referral: { contacts } }: { referral: ReferralDetails }) {
  const { t } = useWords();
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find);
  const people = useMemo(() => bySide(matching(contacts, wanted)), [contacts, wanted]);
  if (contacts.length === 0) return <p className={panelStyles.nothing}>{t("details.no_contacts")}</p>;
  return (
    <>
      {contacts.length > FEW && (
        <div className={styles.rawBar}>
          <SearchBox
            className={styles.rawFind}
            size="small"
            aria-label={t("details.find_contact")}
            placeholder={t("details.find_contact")}
            value={find}
            dismiss={{ "aria-label": t("search.clear") }}
            onChange={(_, { value }) => setFind(value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape" || !find) return;
              setFind("");
              event.preventDefault();
            }}
          />
          <span className={styles.rawHits} role="status">
            {t("details.contacts_shown", { shown: people.length, count: contacts.length })}
          </span>
        </div>
      )}
      <People people={people} />
    </>
  );
}

/** However many there are: only those in view exist. */
function People({ people }: { people: Contact[] }) {
  const { t } = useWords();
  const scroller = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: people.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    overscan: 4,
    useFlushSync: false,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <section ref={scroller} className={styles.peopleBox} tabIndex={0} aria-label={t("details.pane.contacts")}>
      <ul className={styles.people} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const contact = people[index];
          return contact ? (
            <li
              key={index}
              ref={virtualizer.measureElement}
              data-index={index}
              aria-setsize={people.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              {contact.side !== people[index - 1]?.side && (
                <h3 className={panelStyles.groupTitle}>{t(`details.side_${contact.side}`)}</h3>
              )}
              <Person contact={contact} />
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}

function Person({ contact }: { contact: Contact }) {
  const { t, locale } = useWords();
  const { email, phone } = contact;
  const name = nameOf(contact);
  return (
    <div className={styles.person}>
      <span className={styles.avatar} aria-hidden="true">
        {initials(name || (email ?? "?"), locale)}
      </span>
      <div className={styles.personText}>
        <strong>{name || t("details.unnamed_contact")}</strong>
        {contact.title && <span className={styles.personTitle}>{contact.title}</span>}
        {email && (
          <Way
            by="mail"
            address={email}
            what={t("details.email")}
            label={t("details.write_to", { name: name || email })}
            icon={<Mail16Regular />}
          />
        )}
        {phone && (
          <Way
            by="phone"
            address={phone}
            what={t("details.phone")}
            label={t("details.call", { name: name || phone })}
            icon={<Call16Regular />}
          />
        )}
        {contact.locale && (
          <span className={styles.personTitle}>
            {t("details.language")}: {languageName(contact.locale, locale)}
          </span>
        )}
      </div>
    </div>
  );
}

type WayProps = { by: Reach; address: string; what: string; label: string; icon: React.ReactElement };

/** An address with the programs that it is for: the mail or telephone program, and the clipboard. */
function Way({ by, address, what, label, icon }: WayProps) {
  const command = useCommand();
  return (
    <span className={styles.reach}>
      <span className={panelStyles.value}>
        {address.split(BREAKS).map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name
          <Fragment key={index}>
            {index > 0 && <wbr />}
            {part}
          </Fragment>
        ))}
      </span>
      <Tooltip content={label} relationship="label">
        <Button
          className={panelStyles.copy}
          appearance="subtle"
          size="small"
          icon={icon}
          onClick={() => void command("reach", { by, address })}
        />
      </Tooltip>
      <CopyButton text={address} what={what} className={panelStyles.copy} />
    </span>
  );
}
