-- What passed over links to national databases, by interval. A report of the same link and the same start takes the place of the
-- earlier one, so sums cannot be kept in advance: the rollup holds the latest report of each interval, for ever, and is small.
-- `last_success_at` is 1970 where no success is known.
CREATE TABLE IF NOT EXISTS link {{on_cluster}} (
  event_key UUID,
  source LowCardinality(String),
  id String,
  database LowCardinality(String),
  dim LowCardinality(String),
  party LowCardinality(String),
  started_at DateTime64(3, 'UTC'),
  ended_at DateTime64(3, 'UTC'),
  requests UInt32,
  timeouts UInt32,
  unavailable UInt32,
  refused UInt32,
  invalid UInt32,
  last_success_at DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  simulated Bool,
  log_partition UInt16,
  log_offset UInt64,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYear(started_at)
ORDER BY (database, dim, party, started_at)
{{deduplicated}};

-- `latest` compares by when the log took the report.
CREATE TABLE IF NOT EXISTS rollup_link_interval {{on_cluster}} (
  bucket Date32,
  database LowCardinality(String),
  dim LowCardinality(String),
  party LowCardinality(String),
  started_at DateTime64(3, 'UTC'),
  latest SimpleAggregateFunction(max, Tuple(received_at DateTime64(3, 'UTC'), log_offset UInt64, ended_at DateTime64(3, 'UTC'), requests UInt32, timeouts UInt32, unavailable UInt32, refused UInt32, invalid UInt32, last_success_at DateTime64(3, 'UTC'), simulated UInt8)),
  events SimpleAggregateFunction(sum, Int64)
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYear(bucket)
ORDER BY (bucket, database, dim, party, started_at)
{{deduplicated}};

-- The last interval of each link: here `latest` compares by its end first.
CREATE TABLE IF NOT EXISTS rollup_link_latest {{on_cluster}} (
  database LowCardinality(String),
  dim LowCardinality(String),
  party LowCardinality(String),
  latest SimpleAggregateFunction(max, Tuple(ended_at DateTime64(3, 'UTC'), received_at DateTime64(3, 'UTC'), log_offset UInt64, started_at DateTime64(3, 'UTC'), requests UInt32, timeouts UInt32, unavailable UInt32, refused UInt32, invalid UInt32, last_success_at DateTime64(3, 'UTC'), simulated UInt8)),
  events SimpleAggregateFunction(sum, Int64)
) ENGINE = {{engine:AggregatingMergeTree}}
ORDER BY (database, dim, party)
{{deduplicated}};

-- Before the views, which write it. Names of values alone change: no row is read.
ALTER TABLE event_seen {{on_cluster}} MODIFY COLUMN kind Enum8('unknown' = 0, 'submission' = 1, 'correction' = 2, 'backlog' = 3, 'link' = 4);

CREATE MATERIALIZED VIEW IF NOT EXISTS event_seen_from_link {{on_cluster}} TO event_seen AS
SELECT event_key, 'link' AS kind, toInt64(0) AS count, range_id FROM link;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_link_interval_from_link {{on_cluster}} TO rollup_link_interval AS
SELECT
  toDate32(l.started_at, '{{time_zone}}') AS bucket,
  l.database AS database,
  l.dim AS dim,
  l.party AS party,
  l.started_at AS started_at,
  max((l.received_at, l.log_offset, l.ended_at, l.requests, l.timeouts, l.unavailable, l.refused, l.invalid, l.last_success_at, toUInt8(l.simulated))) AS latest,
  toInt64(count()) AS events
FROM link AS l
GROUP BY bucket, database, dim, party, started_at;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_link_latest_from_link {{on_cluster}} TO rollup_link_latest AS
SELECT
  l.database AS database,
  l.dim AS dim,
  l.party AS party,
  max((l.ended_at, l.received_at, l.log_offset, l.started_at, l.requests, l.timeouts, l.unavailable, l.refused, l.invalid, l.last_success_at, toUInt8(l.simulated))) AS latest,
  toInt64(count()) AS events
FROM link AS l
GROUP BY database, dim, party;
