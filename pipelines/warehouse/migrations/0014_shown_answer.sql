-- What the tiles of scenes were answered beside the running day, once a minute where it changed: by question and by whose numbers
-- they are. What is written twice replaces itself; those that follow each other differ little, and are compressed together.
CREATE TABLE IF NOT EXISTS shown_answer {{on_cluster}} (
  question String CODEC(ZSTD(1)),
  scope String CODEC(ZSTD(1)),
  at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  body String CODEC(ZSTD(9))
) ENGINE = {{engine:ReplacingMergeTree}}
PARTITION BY toYYYYMM(at)
ORDER BY (question, scope, at)
TTL toDateTime(at) + toIntervalDay({{keep_shown}})
{{deduplicated}}, ttl_only_drop_parts = 1, index_granularity = 64, min_compress_block_size = 1048576, max_compress_block_size = 4194304;
