-- Drill-downs: one row a local day and meeting of agency, service and province. Filled from what was counted before, one
-- partition of the base table at a time. Rows of a range whose insert may be half done are left out: its replay sends them to
-- the new view, whose window has never seen its token.
CREATE TABLE IF NOT EXISTS rollup_unit_day {{on_cluster}} (
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
PARTITION BY toYear(bucket)
ORDER BY (province, agency, service, bucket, grain)
{{deduplicated}};

-- A view that an earlier attempt left would take the rows below for new ones.
DROP VIEW IF EXISTS rollup_unit_day_from_submission {{on_cluster}} SYNC;

TRUNCATE TABLE rollup_unit_day {{on_cluster}};

{{synced:submission}};

INSERT INTO rollup_unit_day
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
WHERE {{settled}} AND {{each_partition:submission}}
GROUP BY bucket, agency, service, province, grain
SETTINGS insert_deduplicate = 0, optimize_aggregation_in_order = 1, max_partitions_per_insert_block = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_unit_day_from_submission {{on_cluster}} TO rollup_unit_day AS
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

-- A check: what it returns is why the migration has failed.
SELECT 'events were counted while rollup_unit_day was being filled; stop every other process of the room and start again' AS problem
WHERE (SELECT sum(events) FROM rollup_unit_day) != (SELECT toInt64(count()) FROM submission WHERE {{settled}});
