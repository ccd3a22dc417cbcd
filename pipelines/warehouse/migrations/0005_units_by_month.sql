-- Drill-downs read days at the ends of their periods, and whole months between them. So days lie in a partition a month, where the
-- months that nobody asks for are not touched, and months in a table of their own, with a thirtieth of the rows.
-- Filled from rollup_unit_day, which lasts longer than the base table may. Days with rows of a range whose insert may be half done
-- are summed from the base table instead, without those rows: the replay sends them to the new views, whose windows have never
-- seen its token.
CREATE TABLE IF NOT EXISTS rollup_units_day {{on_cluster}} (
  bucket Date32,
  agency LowCardinality(String),
  service LowCardinality(String),
  province LowCardinality(String),
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
ORDER BY (province, agency, service, bucket, grain)
{{deduplicated}};

CREATE TABLE IF NOT EXISTS rollup_units_month {{on_cluster}} (
  bucket Date32,
  agency LowCardinality(String),
  service LowCardinality(String),
  province LowCardinality(String),
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
ORDER BY (province, agency, service, bucket, grain)
{{deduplicated}};

-- Views that an earlier attempt left would take the rows below for new ones.
DROP VIEW IF EXISTS rollup_units_day_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_units_month_from_units_day {{on_cluster}} SYNC;

TRUNCATE TABLE rollup_units_day {{on_cluster}};

TRUNCATE TABLE rollup_units_month {{on_cluster}};

{{synced:submission}};

{{synced:rollup_unit_day}};

-- A check: what it returns is why the migration has failed. The base table may have let go of the oldest rows, which days still hold.
SELECT 'a range that was cut off has events older than KEEP_SUBMISSIONS_DAYS; start the earlier version once so that it is finished, then upgrade' AS problem
WHERE (SELECT minOrNull(bucket) FROM rollup_unit_day WHERE bucket NOT IN (SELECT DISTINCT toDate32(occurred_at, '{{time_zone}}') FROM submission WHERE NOT ({{settled}}))) <
    (SELECT minOrNull(toDate32(occurred_at, '{{time_zone}}')) FROM submission WHERE {{settled}})
  AND (SELECT minOrNull(toDate32(occurred_at, '{{time_zone}}')) FROM submission WHERE NOT ({{settled}})) <=
    (SELECT minOrNull(toDate32(occurred_at, '{{time_zone}}')) FROM submission WHERE {{settled}});

INSERT INTO rollup_units_day
SELECT * FROM rollup_unit_day
WHERE bucket NOT IN (SELECT DISTINCT toDate32(occurred_at, '{{time_zone}}') FROM submission WHERE NOT ({{settled}}))
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

INSERT INTO rollup_units_day
SELECT
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  s.agency AS agency,
  s.service AS service,
  s.province AS province,
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
WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT DISTINCT toDate32(occurred_at, '{{time_zone}}') FROM submission WHERE NOT ({{settled}}))
GROUP BY bucket, agency, service, province, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{synced:rollup_units_day}};

INSERT INTO rollup_units_month
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS month,
  r.agency,
  r.service,
  r.province,
  r.grain,
  sum(r.submitted),
  sum(r.submitted_online),
  sum(r.finished_on_time),
  sum(r.finished_late),
  sum(r.reached),
  sum(r.events),
  max(r.reported_to),
  max(r.received_at),
  max(r.simulated)
FROM rollup_units_day AS r
GROUP BY month, r.agency, r.service, r.province, r.grain
SETTINGS insert_deduplicate = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_units_day_from_submission {{on_cluster}} TO rollup_units_day AS
SELECT
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  s.agency AS agency,
  s.service AS service,
  s.province AS province,
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
GROUP BY bucket, agency, service, province, grain;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_units_month_from_units_day {{on_cluster}} TO rollup_units_month AS
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS bucket,
  r.agency AS agency,
  r.service AS service,
  r.province AS province,
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
FROM rollup_units_day AS r
GROUP BY bucket, agency, service, province, grain;

-- A check: what it returns is why the migration has failed.
SELECT 'events were counted while rollup_units_day was being filled; stop every other process of the room and start again' AS problem
WHERE (SELECT sum(events) FROM rollup_units_month) != (SELECT sum(events) FROM rollup_units_day)
  OR (SELECT sum(events) FROM rollup_units_day) !=
    (SELECT sum(events) FROM rollup_unit_day WHERE bucket NOT IN (SELECT DISTINCT toDate32(occurred_at, '{{time_zone}}') FROM submission WHERE NOT ({{settled}}))) +
    (SELECT toInt64(count()) FROM submission WHERE {{settled}} AND toDate32(occurred_at, '{{time_zone}}') IN (SELECT DISTINCT toDate32(occurred_at, '{{time_zone}}') FROM submission WHERE NOT ({{settled}})));
