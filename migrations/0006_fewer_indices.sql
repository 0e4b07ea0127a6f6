-- Only a complete pass asks by it, once a day, and every pass changed it for every referral.
DROP INDEX IF EXISTS referrals_by_last_seen;
