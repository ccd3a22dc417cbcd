-- What the walls showed: the records of the pulse topic as they were written, by the time that they were computed.
-- A record that is written again replaces itself.
CREATE TABLE IF NOT EXISTS shown_pulse {{on_cluster}} (
  computed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  epoch String CODEC(ZSTD(1)),
  seq UInt32 CODEC(Delta, ZSTD(1)),
  body String CODEC(ZSTD(3))
) ENGINE = {{engine:ReplacingMergeTree}}
PARTITION BY toDate(computed_at)
ORDER BY (computed_at, epoch, seq)
TTL toDateTime(computed_at) + toIntervalDay({{keep_pulses}})
{{deduplicated}}, ttl_only_drop_parts = 1, index_granularity = 64;

-- The same whole once a minute, for longer.
CREATE TABLE IF NOT EXISTS shown_minute {{on_cluster}} (
  computed_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  body String CODEC(ZSTD(3))
) ENGINE = {{engine:ReplacingMergeTree}}
PARTITION BY toYYYYMM(computed_at)
ORDER BY computed_at
TTL toDateTime(computed_at) + toIntervalDay({{keep_shown}})
{{deduplicated}}, ttl_only_drop_parts = 1, index_granularity = 64;
