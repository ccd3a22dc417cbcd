-- What was foreseen, when, and from what: derived data beside the counts, written again under the same instant without harm.
-- One row a series and run. bounds are flat: low and high of each level, narrowest first, each as long as mean.
CREATE TABLE IF NOT EXISTS forecast {{on_cluster}} (
  dim LowCardinality(String),
  code LowCardinality(String),
  metric LowCardinality(String),
  grain LowCardinality(String),
  made_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  known_to DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  start DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  mean Array(Float32) CODEC(ZSTD(1)),
  bounds Array(Float32) CODEC(ZSTD(1))
) ENGINE = {{engine:ReplacingMergeTree}}
PARTITION BY toYYYYMM(made_at)
ORDER BY (dim, code, metric, grain, made_at)
TTL toDateTime(made_at) + toIntervalDay({{keep_forecasts}})
{{deduplicated}};

-- Where a period's total was seen to end. Few rows, kept for ever: how often the bands held is told from them.
CREATE TABLE IF NOT EXISTS projection {{on_cluster}} (
  dim LowCardinality(String),
  code LowCardinality(String),
  metric LowCardinality(String),
  horizon LowCardinality(String),
  from_day Date32,
  to_day Date32,
  made_at DateTime64(3, 'UTC'),
  known_to DateTime64(3, 'UTC'),
  counted Float64,
  mean Float64,
  bounds Array(Float64),
  backtests UInt16
) ENGINE = {{engine:ReplacingMergeTree}}
ORDER BY (dim, code, metric, horizon, from_day, made_at)
{{deduplicated}};

-- What was out of the ordinary, as it was last seen; withdrawn where a wider cause or late counts explained it afterwards.
CREATE TABLE IF NOT EXISTS episode {{on_cluster}} (
  id String,
  updated_at DateTime64(3, 'UTC'),
  kind LowCardinality(String),
  dim LowCardinality(String),
  code String,
  metric LowCardinality(String),
  onset DateTime64(3, 'UTC'),
  ended Nullable(DateTime64(3, 'UTC')),
  withdrawn Bool,
  facts String
) ENGINE = {{engine:ReplacingMergeTree(updated_at)}}
ORDER BY id
{{deduplicated}};

-- What the walls show of a run, and how often earlier bands had held by then, as JSON: the newest is read.
CREATE TABLE IF NOT EXISTS foresight {{on_cluster}} (
  made_at DateTime64(3, 'UTC'),
  known_to DateTime64(3, 'UTC'),
  state String CODEC(ZSTD(1)),
  calibration String CODEC(ZSTD(1))
) ENGINE = {{engine:ReplacingMergeTree}}
PARTITION BY toYYYYMM(made_at)
ORDER BY made_at
TTL toDateTime(made_at) + toIntervalDay({{keep_forecasts}})
{{deduplicated}};
