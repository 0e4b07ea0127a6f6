-- Time changes the priority of those that wait for an answer; all others keep this order.
DROP INDEX IF EXISTS all_by_priority;
CREATE INDEX settled_by_priority ON partner_center_referrals (lasting_priority DESC)
    WHERE NOT (is_open = 1 AND status = 'New');

-- What ended in a period is looked up in it; for all else it is read as a whole.
DROP INDEX IF EXISTS referrals_facets;
CREATE INDEX referrals_facets ON partner_center_referrals (
    closed_at, status, is_open, gone_at, substatus, kind, customer_country, currency, direction, mine, link_status,
    segment, score, initials, unseen, deal_amount, company_id, created_at, qualification);
