import type { ReferralDetails } from "../../api/bindings";
import { Note } from "../../components/Note";
import { Facts, panelStyles } from "../../components/SidePanel";
import { term, useWords } from "../../i18n";
import { companySize, country, day, dayAndTime, inParts, money } from "../../i18n/format";
import { CompanyLink } from "../companies/CompanyLink";
import styles from "./Details.module.css";
import { useReferralNote } from "./note";

export function Summary({ referral }: { referral: ReferralDetails }) {
  const { t, locale } = useWords();
  const { details } = referral;
  const place = useReferralNote(referral.referral_id);
  const { address } = details;
  const moment = (text: string | null) => text && dayAndTime(text, locale);
  const lines = [
    address.line1,
    address.line2,
    [address.postal_code, address.city].filter(Boolean).join(" "),
    address.state,
    address.region,
  ].filter(Boolean);
  const yesNo = (answer: boolean | null) => (answer === null ? null : answer ? t("common.yes") : t("common.no"));
  const where = address.country ?? referral.customer_country;

  return (
    <>
      <Note
        place={place}
        note={referral.note}
        notedAt={referral.noted_at}
        name={referral.customer_name ?? t("referrals.unnamed")}
      />
      <CompanyLink referral={referral} />
      {details.notes && (
        <section className={panelStyles.group}>
          <h3 className={panelStyles.groupTitle}>{t("details.notes")}</h3>
          <p className={styles.prose}>{details.notes}</p>
        </section>
      )}
      <Facts
        title={t("details.section_deal")}
        facts={[
          [
            t("details.value"),
            referral.deal_value === null
              ? t("referrals.no_value")
              : money(referral.deal_value, referral.currency, locale),
          ],
          [t("column.qualification"), referral.qualification && term(t, "qualification", referral.qualification)],
          [t("details.sales_stage"), details.sales_stage],
          [t("details.status_reason"), details.status_reason],
          [t("details.requested_contact"), yesNo(details.customer_requested_contact)],
          [t("details.closing"), referral.closing_at && day(referral.closing_at, locale)],
        ]}
      />
      <Facts
        title={t("details.section_customer")}
        facts={[
          [t("column.domain"), referral.domain, "copy"],
          [t("details.address"), lines.join("\n") || null, "copy"],
          [t("details.country"), where && country(where, locale)],
          [t("details.size"), details.customer_size && companySize(details.customer_size, t, locale)],
        ]}
      />
      <Facts
        title={t("details.section_needs")}
        facts={[
          [t("details.products"), details.products.join(", ")],
          [t("details.services"), details.services.map(inParts).join(", ")],
          [t("details.solutions"), details.solutions.join(", ")],
          [t("details.industries"), details.industries.map(inParts).join(", ")],
          [t("details.offers"), details.offers.join(", ")],
        ]}
      />
      <Facts
        title={t("details.section_origin")}
        facts={[
          [t("details.direction"), referral.direction && term(t, "direction", referral.direction)],
          [t("details.type"), referral.type && term(t, "type", referral.type)],
          [t("details.organization"), details.organization_name],
          [t("details.invited_by"), details.invited_by],
          [t("details.invite_notes"), details.invite_notes],
          [t("details.campaign"), details.campaign_id],
          [t("details.tags"), details.tags.join(", ")],
        ]}
      />
      <Facts
        title={t("details.section_dates")}
        facts={[
          [t("details.created"), moment(referral.created_at)],
          [t("details.updated"), moment(referral.updated_at)],
          [
            t("details.expires"),
            referral.expires_at &&
              `${referral.expires_estimated ? "≈ " : ""}${dayAndTime(referral.expires_at, locale)}`,
          ],
          [t("details.accepted"), moment(details.accepted_at)],
          [t("details.closed"), moment(details.closed_at)],
          [t("referrals.gone"), moment(referral.gone_at)],
          [t("details.synced"), moment(referral.synced_at)],
        ]}
      />
      <Facts
        title={t("details.section_ids")}
        facts={[
          [t("details.referral_id"), referral.referral_id, "copy"],
          [t("details.engagement_id"), referral.engagement_id, "copy"],
          [t("details.external_id"), details.external_reference_id, "copy"],
        ]}
      />
    </>
  );
}
