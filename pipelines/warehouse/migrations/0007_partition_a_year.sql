-- Cost by rows, not by days: an insert wrote a part for each day or month that it touched, in seven tables, and seconds and minutes
-- that their retention dropped at once. Now the tables have a partition a year (where the month matters to readers it comes first in
-- their key, so that they read no more), and seconds and minutes take only what they will keep, judged against the time the log took
-- the event, so that a replay decides the same.
-- All tables that counting fills are made anew beside the old ones, filled, checked, and take their names at the end. Rows of a
-- range whose insert may be half done are left out: its replay sends them to the new tables, whose windows have never seen its
-- token. Rollups are filled from rollups, which last longer than the base table may; days with rows of such a range are summed from
-- the base table, without them. Until swapping_0007 is there the old tables are whole, and the earlier version can go on with them.
{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS submission_0007 {{on_cluster}} (
  event_key UUID,
  source LowCardinality(String),
  id String,
  corrects String,
  occurred_at DateTime64(3, 'UTC'),
  span_ms UInt32,
  service LowCardinality(String),
  agency LowCardinality(String),
  province LowCardinality(String),
  channel UInt8,
  status UInt8,
  on_time Nullable(Bool),
  count Int64,
  submitted Int64,
  submitted_online Int64,
  received_at DateTime64(3, 'UTC'),
  simulated Bool,
  log_partition UInt16,
  log_offset UInt64,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYear(occurred_at)
ORDER BY (agency, service, province, occurred_at)
{{ttl_of:submission}}
{{deduplicated}};

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS backlog_0007 {{on_cluster}} (
  event_key UUID,
  source LowCardinality(String),
  id String,
  at DateTime64(3, 'UTC'),
  service LowCardinality(String),
  agency LowCardinality(String),
  open UInt32,
  overdue UInt32,
  received_at DateTime64(3, 'UTC'),
  simulated Bool,
  log_partition UInt16,
  log_offset UInt64,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
PARTITION BY toYear(at)
ORDER BY (agency, service, source, at)
{{ttl_of:backlog}}
{{deduplicated}};

-- What was counted, for ever, with what a correction must know of its original; unknown where an earlier version counted it and the
-- base table has let go of it. Small granules and small compressed blocks: a look-up reads and unpacks little for each key.
{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS event_seen_0007 {{on_cluster}} (
  event_key UUID,
  kind Enum8('unknown' = 0, 'submission' = 1, 'correction' = 2, 'backlog' = 3),
  count Int64,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
ORDER BY event_key
{{deduplicated}}, index_granularity = 256, min_compress_block_size = 4096, max_compress_block_size = 16384;

-- What was corrected so far, by the original's key: few rows, and none from an insert without corrections.
{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS corrected_0007 {{on_cluster}} (
  event_key UUID,
  count Int64,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
ORDER BY event_key
{{deduplicated}}, index_granularity = 256, min_compress_block_size = 4096, max_compress_block_size = 16384;

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_second_0007 {{on_cluster}} (
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
PARTITION BY toYear(bucket)
ORDER BY (dim, code, bucket, grain)
{{ttl_of:rollup_second}}
{{deduplicated}};

-- The day comes first: a wall reads all units of one day.
{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_minute_0007 {{on_cluster}} (
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
PARTITION BY toYear(bucket)
ORDER BY (toDate(bucket), dim, code, bucket, grain)
{{ttl_of:rollup_minute}}
{{deduplicated}};

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_hour_0007 {{on_cluster}} (
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
PARTITION BY toYear(bucket)
ORDER BY (toYYYYMM(bucket), dim, code, bucket, grain)
{{deduplicated}};

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_day_0007 {{on_cluster}} (
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

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_month_0007 {{on_cluster}} (
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

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_units_day_0007 {{on_cluster}} (
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
ORDER BY (toYYYYMM(bucket), province, agency, service, bucket, grain)
{{deduplicated}};

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_units_month_0007 {{on_cluster}} (
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

{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS rollup_late_0007 {{on_cluster}} (
  received_on Date32,
  bucket Date32,
  submitted SimpleAggregateFunction(sum, Int64),
  events SimpleAggregateFunction(sum, Int64)
) ENGINE = {{engine:AggregatingMergeTree}}
ORDER BY (received_on, bucket)
{{deduplicated}};

-- Local days with rows that are left out.
{{absent:swapping_0007}} CREATE TABLE IF NOT EXISTS cut_off_day_0007 {{on_cluster}} (
  day Date32
) ENGINE = {{engine:MergeTree}}
ORDER BY day;

-- What an earlier attempt left.
{{absent:swapping_0007}} TRUNCATE TABLE submission_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE backlog_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE event_seen_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE corrected_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_second_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_minute_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_hour_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_day_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_month_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_units_day_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_units_month_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE rollup_late_0007 {{on_cluster}};

{{absent:swapping_0007}} TRUNCATE TABLE cut_off_day_0007 {{on_cluster}};

{{absent:swapping_0007}} {{synced:submission}};

{{absent:swapping_0007}} {{synced:backlog}};

{{absent:swapping_0007}} {{synced:event_seen}};

{{absent:swapping_0007}} {{synced:rollup_second}};

{{absent:swapping_0007}} {{synced:rollup_minute}};

{{absent:swapping_0007}} {{synced:rollup_hour}};

{{absent:swapping_0007}} {{synced:rollup_day}};

{{absent:swapping_0007}} {{synced:rollup_month}};

{{absent:swapping_0007}} {{synced:rollup_units_day}};

{{absent:swapping_0007}} {{synced:rollup_units_month}};

{{absent:swapping_0007}} {{synced:rollup_late}};

{{absent:swapping_0007}} INSERT INTO cut_off_day_0007
SELECT DISTINCT toDate32(s.occurred_at, '{{time_zone}}') FROM submission AS s WHERE NOT ({{settled}})
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} {{synced:cut_off_day_0007}};

-- A check: what it returns is why the migration has failed. The base table may have let go of rows of a day that is summed from it,
-- which shows in the days around it too.
{{absent:swapping_0007}} SELECT 'a range that was cut off has events older than KEEP_SUBMISSIONS_DAYS; start the earlier version once so that it is finished, then upgrade' AS problem
WHERE (SELECT count() FROM (
  SELECT r.bucket AS day, sum(r.events) AS told FROM rollup_day AS r
  WHERE r.dim = 'all' AND r.bucket >= addDays((SELECT minOrNull(day) FROM cut_off_day_0007), -31) GROUP BY day
) AS rolled LEFT JOIN (
  SELECT toDate32(s.occurred_at, '{{time_zone}}') AS day, toInt64(count()) AS stored FROM submission AS s GROUP BY day
) AS base ON base.day = rolled.day WHERE rolled.told > base.stored) > 0;

{{absent:swapping_0007}} INSERT INTO submission_0007
SELECT * FROM submission WHERE {{settled}} AND {{each_partition:submission}}
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO backlog_0007
SELECT * FROM backlog WHERE {{settled}} AND {{each_partition:backlog}}
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO event_seen_0007
SELECT s.event_key, if(s.corrects = '', 'submission', 'correction'), s.count, s.range_id FROM submission AS s
WHERE {{settled}} AND {{each_partition:submission}}
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} INSERT INTO event_seen_0007
SELECT b.event_key, 'backlog', 0, b.range_id FROM backlog AS b
WHERE {{settled}} AND {{each_partition:backlog}}
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} {{synced:event_seen_0007}};

{{absent:swapping_0007}} INSERT INTO event_seen_0007
SELECT e.event_key, if(e.correction, 'correction', 'unknown'), 0, e.range_id FROM event_seen AS e
WHERE {{settled}} AND {{each_slice:event_seen:event_key}}
  AND e.event_key NOT IN (SELECT event_key FROM event_seen_0007 WHERE {{each_slice:event_seen:event_key}})
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} INSERT INTO corrected_0007
SELECT toUUID(concat(substring(hash, 1, 8), '-', substring(hash, 9, 4), '-', substring(hash, 13, 4), '-', substring(hash, 17, 4), '-', substring(hash, 21, 12))) AS event_key, count, range_id FROM (
  SELECT lower(hex(SHA256(concat(s.source, '\n', s.corrects, '\n')))) AS hash, s.count AS count, s.range_id AS range_id FROM submission AS s
  WHERE s.corrects != '' AND {{settled}} AND {{each_partition:submission}})
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} INSERT INTO rollup_second_0007
SELECT r.* FROM rollup_second AS r
WHERE toDate32(r.bucket, '{{time_zone}}') NOT IN (SELECT day FROM cut_off_day_0007)
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_minute_0007
SELECT r.* FROM rollup_minute AS r
WHERE toDate32(r.bucket, '{{time_zone}}') NOT IN (SELECT day FROM cut_off_day_0007) AND {{each_partition:rollup_minute}}
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_hour_0007
SELECT r.* FROM rollup_hour AS r
WHERE toDate32(r.bucket, '{{time_zone}}') NOT IN (SELECT day FROM cut_off_day_0007) AND {{each_partition:rollup_hour}}
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_second_0007
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
WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007) AND s.span_ms <= 1000
GROUP BY bucket, dim, code, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_minute_0007
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
WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007)
GROUP BY bucket, dim, code, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_hour_0007
SELECT
  toStartOfHour(s.occurred_at, '{{time_zone}}') AS bucket,
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
WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007)
GROUP BY bucket, dim, code, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} {{synced:rollup_hour_0007}};

{{absent:swapping_0007}} INSERT INTO rollup_day_0007
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
FROM rollup_hour_0007 AS r
WHERE {{each_partition:rollup_hour_0007}}
GROUP BY bucket, dim, code, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} {{synced:rollup_day_0007}};

{{absent:swapping_0007}} INSERT INTO rollup_month_0007
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
FROM rollup_day_0007 AS r
GROUP BY bucket, dim, code, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_units_day_0007
SELECT r.* FROM rollup_units_day AS r
WHERE r.bucket NOT IN (SELECT day FROM cut_off_day_0007) AND {{each_partition:rollup_units_day}}
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_units_day_0007
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
WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007)
GROUP BY bucket, agency, service, province, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} {{synced:rollup_units_day_0007}};

{{absent:swapping_0007}} INSERT INTO rollup_units_month_0007
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
FROM rollup_units_day_0007 AS r
GROUP BY bucket, agency, service, province, grain
SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0;

{{absent:swapping_0007}} INSERT INTO rollup_late_0007
SELECT r.* FROM rollup_late AS r
WHERE r.bucket NOT IN (SELECT day FROM cut_off_day_0007)
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} INSERT INTO rollup_late_0007
SELECT
  toDate32(s.received_at, '{{time_zone}}') AS received_on,
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  sum(s.submitted) AS submitted,
  count() AS events
FROM submission AS s
WHERE toDate32(s.occurred_at, '{{time_zone}}') < toDate32(s.received_at, '{{time_zone}}') AND {{settled}} AND bucket IN (SELECT day FROM cut_off_day_0007)
GROUP BY received_on, bucket
SETTINGS insert_deduplicate = 0;

{{absent:swapping_0007}} {{synced:submission_0007}};

{{absent:swapping_0007}} {{synced:backlog_0007}};

{{absent:swapping_0007}} {{synced:rollup_month_0007}};

{{absent:swapping_0007}} {{synced:rollup_units_month_0007}};

{{absent:swapping_0007}} SELECT 'events were counted while the tables were being filled anew; stop every other process of the room and start again' AS problem
WHERE (SELECT count() FROM submission_0007) != (SELECT count() FROM submission WHERE {{settled}})
  OR (SELECT count() FROM backlog_0007) != (SELECT count() FROM backlog WHERE {{settled}})
  OR (SELECT uniqExact(event_key) FROM event_seen_0007) < (SELECT count() FROM submission WHERE {{settled}})
  OR (SELECT sum(events) FROM rollup_month_0007 WHERE dim = 'all') != (SELECT sum(events) FROM rollup_day_0007 WHERE dim = 'all')
  OR (SELECT sum(events) FROM rollup_day_0007 WHERE dim = 'all') !=
    (SELECT sum(events) FROM rollup_day WHERE dim = 'all' AND bucket NOT IN (SELECT day FROM cut_off_day_0007)) + (SELECT toInt64(count()) FROM submission AS s WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007))
  OR (SELECT sum(events) FROM rollup_units_month_0007) != (SELECT sum(events) FROM rollup_units_day_0007)
  OR (SELECT sum(events) FROM rollup_units_day_0007) !=
    (SELECT sum(events) FROM rollup_units_day WHERE bucket NOT IN (SELECT day FROM cut_off_day_0007)) + (SELECT toInt64(count()) FROM submission AS s WHERE {{settled}} AND toDate32(s.occurred_at, '{{time_zone}}') IN (SELECT day FROM cut_off_day_0007));

-- From here on there is no way back to the earlier version. Each step is taken once, however often this is run.
CREATE TABLE IF NOT EXISTS swapping_0007 {{on_cluster}} (
  nothing UInt8
) ENGINE = Null;

DROP VIEW IF EXISTS event_seen_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS event_seen_from_backlog {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_second_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_minute_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_hour_from_minute {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_day_from_hour {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_month_from_day {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_late_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_units_day_from_submission {{on_cluster}} SYNC;

DROP VIEW IF EXISTS rollup_units_month_from_units_day {{on_cluster}} SYNC;

{{present:submission_0007}} DROP TABLE IF EXISTS submission {{on_cluster}} SYNC;

{{present:submission_0007}} RENAME TABLE submission_0007 TO submission {{on_cluster}};

{{present:backlog_0007}} DROP TABLE IF EXISTS backlog {{on_cluster}} SYNC;

{{present:backlog_0007}} RENAME TABLE backlog_0007 TO backlog {{on_cluster}};

{{present:event_seen_0007}} DROP TABLE IF EXISTS event_seen {{on_cluster}} SYNC;

{{present:event_seen_0007}} RENAME TABLE event_seen_0007 TO event_seen {{on_cluster}};

{{present:corrected_0007}} RENAME TABLE corrected_0007 TO corrected {{on_cluster}};

{{present:rollup_second_0007}} DROP TABLE IF EXISTS rollup_second {{on_cluster}} SYNC;

{{present:rollup_second_0007}} RENAME TABLE rollup_second_0007 TO rollup_second {{on_cluster}};

{{present:rollup_minute_0007}} DROP TABLE IF EXISTS rollup_minute {{on_cluster}} SYNC;

{{present:rollup_minute_0007}} RENAME TABLE rollup_minute_0007 TO rollup_minute {{on_cluster}};

{{present:rollup_hour_0007}} DROP TABLE IF EXISTS rollup_hour {{on_cluster}} SYNC;

{{present:rollup_hour_0007}} RENAME TABLE rollup_hour_0007 TO rollup_hour {{on_cluster}};

{{present:rollup_day_0007}} DROP TABLE IF EXISTS rollup_day {{on_cluster}} SYNC;

{{present:rollup_day_0007}} RENAME TABLE rollup_day_0007 TO rollup_day {{on_cluster}};

{{present:rollup_month_0007}} DROP TABLE IF EXISTS rollup_month {{on_cluster}} SYNC;

{{present:rollup_month_0007}} RENAME TABLE rollup_month_0007 TO rollup_month {{on_cluster}};

{{present:rollup_units_day_0007}} DROP TABLE IF EXISTS rollup_units_day {{on_cluster}} SYNC;

{{present:rollup_units_day_0007}} RENAME TABLE rollup_units_day_0007 TO rollup_units_day {{on_cluster}};

{{present:rollup_units_month_0007}} DROP TABLE IF EXISTS rollup_units_month {{on_cluster}} SYNC;

{{present:rollup_units_month_0007}} RENAME TABLE rollup_units_month_0007 TO rollup_units_month {{on_cluster}};

{{present:rollup_late_0007}} DROP TABLE IF EXISTS rollup_late {{on_cluster}} SYNC;

{{present:rollup_late_0007}} RENAME TABLE rollup_late_0007 TO rollup_late {{on_cluster}};

-- Minutes of one block by dimension, which no table keeps as such: what is not too old goes to the minutes, all of it to the hours.
CREATE TABLE IF NOT EXISTS block_minute {{on_cluster}} (
  bucket DateTime('UTC'),
  dim LowCardinality(String),
  code LowCardinality(String),
  grain UInt8,
  submitted Int64,
  submitted_online Int64,
  finished_on_time Int64,
  finished_late Int64,
  reached Int64,
  events Int64,
  reported_to DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  simulated UInt8
) ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_seen_from_submission {{on_cluster}} TO event_seen AS
SELECT s.event_key AS event_key, if(s.corrects = '', 'submission', 'correction') AS kind, s.count AS count, s.range_id AS range_id FROM submission AS s;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_seen_from_backlog {{on_cluster}} TO event_seen AS
SELECT b.event_key AS event_key, 'backlog' AS kind, 0 AS count, b.range_id AS range_id FROM backlog AS b;

CREATE MATERIALIZED VIEW IF NOT EXISTS corrected_from_submission {{on_cluster}} TO corrected AS
SELECT toUUID(concat(substring(hash, 1, 8), '-', substring(hash, 9, 4), '-', substring(hash, 13, 4), '-', substring(hash, 17, 4), '-', substring(hash, 21, 12))) AS event_key, count, range_id FROM (
  SELECT lower(hex(SHA256(concat(s.source, '\n', s.corrects, '\n')))) AS hash, s.count AS count, s.range_id AS range_id FROM submission AS s WHERE s.corrects != '');

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_second_from_submission {{on_cluster}} TO rollup_second AS
SELECT
  toStartOfSecond(s.occurred_at) AS bucket,
  'all' AS dim,
  '' AS code,
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
WHERE s.span_ms <= 1000 AND s.occurred_at >= s.received_at - toIntervalDay({{keep_seconds}})
GROUP BY bucket, dim, code, grain;

CREATE MATERIALIZED VIEW IF NOT EXISTS block_minute_from_submission {{on_cluster}} TO block_minute AS
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

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_minute_from_block_minute {{on_cluster}} TO rollup_minute AS
SELECT m.* FROM block_minute AS m WHERE m.bucket >= m.received_at - toIntervalDay({{keep_minutes}});

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_hour_from_block_minute {{on_cluster}} TO rollup_hour AS
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
FROM block_minute AS r
GROUP BY bucket, dim, code, grain;

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

CREATE MATERIALIZED VIEW IF NOT EXISTS rollup_late_from_submission {{on_cluster}} TO rollup_late AS
SELECT
  toDate32(s.received_at, '{{time_zone}}') AS received_on,
  toDate32(s.occurred_at, '{{time_zone}}') AS bucket,
  sum(s.submitted) AS submitted,
  count() AS events
FROM submission AS s
WHERE toDate32(s.occurred_at, '{{time_zone}}') < toDate32(s.received_at, '{{time_zone}}')
GROUP BY received_on, bucket;

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
