-- As in 0003_public.sql, but that what is not inbound is left out before rows are merged: a fact is of one kind for ever,
-- so that nothing of it is missed, and a month with little that came in costs little.
CREATE OR REPLACE VIEW ${PUBLIC}.inbound
(
    source LowCardinality(String) COMMENT 'Configured account, e.g. integrax-br',
    provider LowCardinality(String) COMMENT 'Provider of the account, e.g. integrax',
    message_id String COMMENT 'The provider''s id of the message, as given; empty where it has none',
    sender String COMMENT 'Number it came from, E.164 with + where it could be parsed',
    recipient String COMMENT 'Number or name it was sent to',
    text String COMMENT 'The message''s text, where the source is set to store it',
    channel LowCardinality(String) COMMENT 'sms, rcs, whatsapp or unknown',
    country LowCardinality(String) COMMENT 'Country of the sender''s number, ISO 3166 (BR), empty where it is not known',
    carrier LowCardinality(String) COMMENT 'Carrier of the number''s range; ported numbers are not known',
    number_type LowCardinality(String) COMMENT 'Type of the sender''s number: mobile, fixed_line, …',
    occurred_at DateTime64(3, 'UTC') COMMENT 'When it was sent, by the provider''s word; else received_at',
    received_at DateTime64(3, 'UTC') COMMENT 'When it first reached us',
    device_id String COMMENT 'The device that received it, where the provider has devices',
    home DateTime64(3, 'UTC') COMMENT 'Its time for any period: when it was first heard of. Filter on this'
)
DEFINER = CURRENT_USER SQL SECURITY DEFINER
AS
SELECT
    source, provider, message_id, sender, recipient, text, channel, country, carrier, number_type, occurred_at,
    received_at, device_id, home
FROM ${STORE}.events FINAL
PREWHERE kind = 'inbound'
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'A message that came in, one row each. Filter on home to read a period only';
