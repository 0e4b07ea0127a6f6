-- Each run counts what it saw of referrals without a company.
CREATE INDEX referrals_unlinked ON partner_center_referrals (seen_in) WHERE link_status = 'unlinked';

-- 'due' is whatever waits to be scored, '' what there is nothing to score by.
UPDATE companies SET score_stamp = 'due'
    WHERE score_stamp = '' AND (azure_tenant <> '' OR domain IN (SELECT domain FROM domain_signals));
CREATE INDEX companies_scored ON companies (score_stamp) WHERE score_stamp <> '';
