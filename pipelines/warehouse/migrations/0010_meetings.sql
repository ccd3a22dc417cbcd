-- Meetings of dimensions: one row a day, and a month, for each combination of all of them that was reported, from which any question
-- that splits or narrows by several is answered. Each has at most as many rows as there are events, and a month a thirtieth of the
-- combinations of its days.
-- Filled from the base table, one partition at a time. Rows of a range whose insert may be half done are left out: its replay sends
-- them to the new views, whose windows have never seen its token. Days of which the base table let go of any event would be wrong
-- for ever: questions that reach back to the last of them do not read these tables.
CREATE TABLE IF NOT EXISTS rollup_meetings_day {{on_cluster}} (
  bucket Date32,
  agency LowCardinality(String),
  service LowCardinality(String),
  province LowCardinality(String),
  source LowCardinality(String),
  channel UInt8,
  status UInt8,
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
ORDER BY (toYYYYMM(bucket), province, agency, service, source, channel, status, bucket, grain)
{{deduplicated}};

CREATE TABLE IF NOT EXISTS rollup_meetings_month {{on_cluster}} (
  bucket Date32,
  agency LowCardinality(String),
  service LowCardinality(String),
  province LowCardinality(String),
  source LowCardinality(String),
  channel UInt8,
  status UInt8,
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
ORDER BY (province, agency, service, source, channel, status, bucket, grain)
{{deduplicated}};

-- The first local day from which on every day is whole here.
CREATE TABLE IF NOT EXISTS meetings_since {{on_cluster}} (
  day Date32
) ENGINE = {{engine:MergeTree}}
ORDER BY day;

-- Views that an earlier attempt left would take the rows below for new ones.
DROP VIEW IF EXISTS rollup_meetings_day_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_meetings_month_from_meetings_day {{on_cluster}} SYNC;

TRUNCATE TABLE rollup_meetings_day {{on_cluster}};

TRUNCATE TABLE rollup_meetings_month {{on_cluster}};

TRUNCATE TABLE meetings_since {{on_cluster}};

{{synced:submission}};

{{synced:rollup_day}};

INSERT INTO meetings_since
SELECT ifNull(addDays(maxOrNull(rolled.day), 1), toDate32('1970-01-01')) AS day FROM (
  SELECT r.bucket AS day, sum(r.events) AS told FROM rollup_day AS r WHERE r.dim = 'all' GROUP BY day
) AS rolled LEFT JOIN (
  SELECT toDate32(s.occurred_at, '{{time_zone}}') AS day, toInt64(count()) AS stored FROM submission AS s GROUP BY day
) AS base ON base.day = rolled.day WHERE rolled.told > base.stored
SETTINGS insert_deduplicate = 0;

INSERT INTO rollup_meetings_day
SELECT
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  s.agency AS agency,
  s.service AS service,
  s.province AS province,
  s.source AS source,
  s.channel AS channel,
  s.status AS status,
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
FROM submission AS s
WHERE {{settled}} AND {{each_partition:submission}}
GROUP BY bucket, agency, service, province, source, channel, status, grain
SETTINGS insert_deduplicate = 0, optimize_aggregation_in_order = 1, max_partitions_per_insert_block = 0;

{{synced:rollup_meetings_day}};

INSERT INTO rollup_meetings_month
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS bucket,
  r.agency AS agency,
  r.service AS service,
  r.province AS province,
  r.source AS source,
  r.channel AS channel,
  r.status AS status,
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
FROM rollup_meetings_day AS r
GROUP BY bucket, agency, service, province, source, channel, status, grain
SETTINGS insert_deduplicate = 0;

{{synced:rollup_meetings_month}};

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_meetings_day_from_submission {{on_cluster}} TO rollup_meetings_day AS
SELECT
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  s.agency AS agency,
  s.service AS service,
  s.province AS province,
  s.source AS source,
  s.channel AS channel,
  s.status AS status,
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
FROM submission AS s
GROUP BY bucket, agency, service, province, source, channel, status, grain;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_meetings_month_from_meetings_day {{on_cluster}} TO rollup_meetings_month AS
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS bucket,
  r.agency AS agency,
  r.service AS service,
  r.province AS province,
  r.source AS source,
  r.channel AS channel,
  r.status AS status,
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
FROM rollup_meetings_day AS r
GROUP BY bucket, agency, service, province, source, channel, status, grain;

-- A check: what it returns is why the migration has failed.
SELECT 'events were counted while rollup_meetings_day was being filled; stop every other process of the room and start again' AS problem
WHERE (SELECT sum(events) FROM rollup_meetings_month) != (SELECT sum(events) FROM rollup_meetings_day)
  OR (SELECT sum(events) FROM rollup_meetings_day) != (SELECT toInt64(count()) FROM submission WHERE {{settled}});
