-- One name for what most lists hold.
ALTER TABLE partner_center_referrals ADD COLUMN is_open INTEGER
    GENERATED ALWAYS AS (gone_at IS NULL AND status IN ('New', 'Active')) VIRTUAL;
-- A bit for each letter and digit that a word begins with: a search for one letter reads no words.
ALTER TABLE partner_center_referrals ADD COLUMN initials INTEGER NOT NULL DEFAULT 0;
-- Whether the signed-in account is on its team.
ALTER TABLE partner_center_referrals ADD COLUMN mine INTEGER NOT NULL DEFAULT 0;

DROP INDEX IF EXISTS referrals_list;
DROP INDEX IF EXISTS referrals_by_updated;
DROP INDEX IF EXISTS referrals_open_value;
DROP INDEX IF EXISTS referral_team_by_address;

-- In the order that most lists have, and with all that they filter and sort by, so that no rows are read for them.
CREATE INDEX referrals_all ON partner_center_referrals (
    updated_at, status, is_open, gone_at, lasting_priority, expires_at, contact_until, substatus, kind, customer_country,
    currency, direction, qualification, mine, link_status, segment, score, initials, unseen, deal_amount, company_id,
    created_at, closed_at, closing_at, customer_sort, domain);
CREATE INDEX referrals_open ON partner_center_referrals (
    updated_at, status, is_open, gone_at, lasting_priority, expires_at, contact_until, substatus, kind, customer_country,
    currency, direction, qualification, mine, link_status, segment, score, initials, unseen, deal_amount, company_id,
    created_at, closed_at, closing_at, customer_sort, domain)
    WHERE is_open = 1;
-- Only what lists filter by: for their totals. Nothing looks its first column up as it is, so that it is only ever read
-- as a whole.
CREATE INDEX referrals_facets ON partner_center_referrals (
    qualification, status, is_open, gone_at, substatus, kind, customer_country, currency, direction, mine, link_status,
    segment, score, initials, unseen, deal_amount, company_id, created_at, closed_at);
CREATE INDEX referrals_by_value ON partner_center_referrals (deal_amount);
CREATE INDEX referrals_by_kind ON partner_center_referrals (kind);
CREATE INDEX referrals_by_status ON partner_center_referrals (nullif(status, ''));
CREATE INDEX referrals_by_qualification ON partner_center_referrals (nullif(qualification, ''));
CREATE INDEX referrals_by_expiry ON partner_center_referrals (expires_at);
CREATE INDEX referrals_by_domain ON partner_center_referrals (domain);
CREATE INDEX referrals_by_link ON partner_center_referrals (link_status);
CREATE INDEX referrals_open_value ON partner_center_referrals (currency, deal_amount, status) WHERE is_open = 1;
-- Asked for by their names, and so never set aside.
CREATE INDEX open_by_priority ON partner_center_referrals (lasting_priority, status, gone_at, expires_at, contact_until)
    WHERE is_open = 1;
CREATE INDEX all_by_priority ON partner_center_referrals (lasting_priority, status, gone_at, expires_at, contact_until);
CREATE INDEX referrals_expiring ON partner_center_referrals (expires_at) WHERE is_open = 1 AND status = 'New';
CREATE INDEX referrals_wanted ON partner_center_referrals (contact_until)
    WHERE is_open = 1 AND status = 'New' AND contact_until IS NOT NULL;

-- Without an index of short beginnings: single letters are in `initials`, and longer beginnings have few words.
DROP TABLE IF EXISTS referral_search;
CREATE VIRTUAL TABLE referral_search USING fts5 (
    customer, name, domain, people, other, note, content = '', contentless_delete = 1, tokenize = 'unicode61');
INSERT INTO search_queue (referral_key) SELECT referral_key FROM partner_center_referrals WHERE TRUE
ON CONFLICT DO NOTHING;
