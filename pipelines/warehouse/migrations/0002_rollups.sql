-- Few-dimension rollups: one row a bucket, dimension and code, so that they stay small however many events come.
-- Buckets are cut in the catalogue's time zone. grain tells how finely the portal reported: 0 at most a minute,
-- 1 at most an hour, 2 coarser; curves leave out what was reported too coarsely for them, totals take all.
-- Hours are summed from the block of minutes, days from hours, months from days: each step has far fewer rows to read.

CREATE TABLE IF NOT EXISTS rollup_second {{on_cluster}} (
  bucket DateTime('UTC'),
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted SimpleAggregateFunction(sum, Int64),
  submitted_online SimpleAggregateFunction(sum, Int64),
  finished_on_time SimpleAggregateFunction(sum, Int64),
  finished_late SimpleAggregateFunction(sum, Int64),
  reached SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64),
  reported_to SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  simulated SimpleAggregateFunction(max, UInt8)
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYYYYMMDD(bucket)
ORDER BY (dim, code, bucket, grain)
TTL bucket + INTERVAL {{keep_seconds}} DAY
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_second_from_submission {{on_cluster}} TO rollup_second AS
SELECT
  toStartOfSecond(s.occurred_at) AS bucket,
  d.1 AS dim,
  d.2 AS code,
  multiIf(s.span_ms <= 60000, 0, s.span_ms <= 3600000, 1, 2) AS grain,
  sum(s.submitted) AS submitted,
  sum(s.submitted_online) AS submitted_online,
  sumIf(s.count, s.on_time = true) AS finished_on_time,
  sumIf(s.count, s.on_time = false) AS finished_late,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s ARRAY JOIN [('all', '')] AS d
WHERE s.span_ms <= 1000
GROUP BY bucket, dim, code, grain;

CREATE TABLE IF NOT EXISTS rollup_minute {{on_cluster}} (
  bucket DateTime('UTC'),
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted SimpleAggregateFunction(sum, Int64),
  submitted_online SimpleAggregateFunction(sum, Int64),
  finished_on_time SimpleAggregateFunction(sum, Int64),
  finished_late SimpleAggregateFunction(sum, Int64),
  reached SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64),
  reported_to SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  simulated SimpleAggregateFunction(max, UInt8)
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYYYYMM(bucket)
ORDER BY (dim, code, bucket, grain)
TTL bucket + INTERVAL {{keep_minutes}} DAY
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_minute_from_submission {{on_cluster}} TO rollup_minute AS
SELECT
  toStartOfMinute(s.occurred_at, '{{time_zone}}') AS bucket,
  d.1 AS dim,
  d.2 AS code,
  multiIf(s.span_ms <= 60000, 0, s.span_ms <= 3600000, 1, 2) AS grain,
  sum(s.submitted) AS submitted,
  sum(s.submitted_online) AS submitted_online,
  sumIf(s.count, s.on_time = true) AS finished_on_time,
  sumIf(s.count, s.on_time = false) AS finished_late,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s ARRAY JOIN [('all', ''), ('province', toString(s.province)), ('agency', toString(s.agency)), ('service', toString(s.service)), ('source', toString(s.source)), ('channel', toString(s.channel)), ('status', toString(s.status))] AS d
GROUP BY bucket, dim, code, grain;

CREATE TABLE IF NOT EXISTS rollup_hour {{on_cluster}} (
  bucket DateTime('UTC'),
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted SimpleAggregateFunction(sum, Int64),
  submitted_online SimpleAggregateFunction(sum, Int64),
  finished_on_time SimpleAggregateFunction(sum, Int64),
  finished_late SimpleAggregateFunction(sum, Int64),
  reached SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64),
  reported_to SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  simulated SimpleAggregateFunction(max, UInt8)
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYYYYMM(bucket)
ORDER BY (dim, code, bucket, grain)
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_hour_from_minute {{on_cluster}} TO rollup_hour AS
SELECT
  toStartOfHour(r.bucket, '{{time_zone}}') AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_minute AS r
GROUP BY bucket, dim, code, grain;

CREATE TABLE IF NOT EXISTS rollup_day {{on_cluster}} (
  bucket Date32,
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted SimpleAggregateFunction(sum, Int64),
  submitted_online SimpleAggregateFunction(sum, Int64),
  finished_on_time SimpleAggregateFunction(sum, Int64),
  finished_late SimpleAggregateFunction(sum, Int64),
  reached SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64),
  reported_to SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  simulated SimpleAggregateFunction(max, UInt8)
) ENGINE = {{engine:AggregatingMergeTree}}
PARTITION BY toYear(bucket)
ORDER BY (dim, code, bucket, grain)
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_day_from_hour {{on_cluster}} TO rollup_day AS
SELECT
  toDate32(r.bucket, '{{time_zone}}') AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_hour AS r
GROUP BY bucket, dim, code, grain;

CREATE TABLE IF NOT EXISTS rollup_month {{on_cluster}} (
  bucket Date32,
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted SimpleAggregateFunction(sum, Int64),
  submitted_online SimpleAggregateFunction(sum, Int64),
  finished_on_time SimpleAggregateFunction(sum, Int64),
  finished_late SimpleAggregateFunction(sum, Int64),
  reached SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64),
  reported_to SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  simulated SimpleAggregateFunction(max, UInt8)
) ENGINE = {{engine:AggregatingMergeTree}}
ORDER BY (dim, code, bucket, grain)
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_month_from_day {{on_cluster}} TO rollup_month AS
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_day AS r
GROUP BY bucket, dim, code, grain;

-- What arrived on one local day for an earlier one: the wall says which past days changed.
CREATE TABLE IF NOT EXISTS rollup_late {{on_cluster}} (
  received_on Date32,
  bucket Date32,
  submitted SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64)
) ENGINE = {{engine:AggregatingMergeTree}}
ORDER BY (received_on, bucket)
{{deduplicated}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_late_from_submission {{on_cluster}} TO rollup_late AS
SELECT
  toDate32(s.received_at, '{{time_zone}}') AS received_on,
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  sum(s.submitted) AS submitted,
  count() AS events
FROM submission AS s
WHERE toDate32(s.occurred_at, '{{time_zone}}') < toDate32(s.received_at, '{{time_zone}}')
GROUP BY received_on, bucket;
