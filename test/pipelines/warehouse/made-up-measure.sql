-- What a migration that brings a measure looks like: dossiers that were withdrawn (status 7). The column first, from the coarsest
-- table to the finest, then the views that fill it, from the finest to the coarsest.
ALTER TABLE rollup_meetings_month {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_meetings_day {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_units_month {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_units_day {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_month {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_day {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_hour {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_minute {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE rollup_second {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn SimpleAggregateFunction(sum, Int64);

ALTER TABLE block_minute {{on_cluster}} ADD COLUMN IF NOT EXISTS withdrawn Int64;

ALTER TABLE rollup_second_from_submission {{on_cluster}} MODIFY QUERY
SELECT
  toStartOfSecond(s.occurred_at) AS bucket,
  'all' AS dim,
  '' AS code,
  multiIf(s.span_ms <= 60000, 0, s.span_ms <= 3600000, 1, 2) AS grain,
  sum(s.submitted) AS submitted,
  sum(s.submitted_online) AS submitted_online,
  sumIf(s.count, s.on_time = true) AS finished_on_time,
  sumIf(s.count, s.on_time = false) AS finished_late,
  sumIf(s.count, s.status = 7) AS withdrawn,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s
WHERE s.span_ms <= 1000 AND s.occurred_at >= s.received_at - toIntervalDay({{keep_seconds}})
GROUP BY bucket, dim, code, grain;

ALTER TABLE block_minute_from_submission {{on_cluster}} MODIFY QUERY
SELECT
  toStartOfMinute(s.occurred_at, '{{time_zone}}') AS bucket,
  d.1 AS dim,
  d.2 AS code,
  multiIf(s.span_ms <= 60000, 0, s.span_ms <= 3600000, 1, 2) AS grain,
  sum(s.submitted) AS submitted,
  sum(s.submitted_online) AS submitted_online,
  sumIf(s.count, s.on_time = true) AS finished_on_time,
  sumIf(s.count, s.on_time = false) AS finished_late,
  sumIf(s.count, s.status = 7) AS withdrawn,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s ARRAY JOIN [('all', ''), ('province', toString(s.province)), ('agency', toString(s.agency)), ('service', toString(s.service)), ('source', toString(s.source)), ('channel', toString(s.channel)), ('status', toString(s.status))] AS d
GROUP BY bucket, dim, code, grain;

ALTER TABLE rollup_minute_from_block_minute {{on_cluster}} MODIFY QUERY
SELECT m.* FROM block_minute AS m WHERE m.bucket >= m.received_at - toIntervalDay({{keep_minutes}});

ALTER TABLE rollup_hour_from_block_minute {{on_cluster}} MODIFY QUERY
SELECT
  toStartOfHour(r.bucket, '{{time_zone}}') AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.withdrawn) AS withdrawn,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM block_minute AS r
GROUP BY bucket, dim, code, grain;

ALTER TABLE rollup_day_from_hour {{on_cluster}} MODIFY QUERY
SELECT
  toDate32(r.bucket, '{{time_zone}}') AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.withdrawn) AS withdrawn,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_hour AS r
GROUP BY bucket, dim, code, grain;

ALTER TABLE rollup_month_from_day {{on_cluster}} MODIFY QUERY
SELECT
  toDate32(toStartOfMonth(r.bucket)) AS bucket,
  r.dim AS dim,
  r.code AS code,
  r.grain AS grain,
  sum(r.submitted) AS submitted,
  sum(r.submitted_online) AS submitted_online,
  sum(r.finished_on_time) AS finished_on_time,
  sum(r.finished_late) AS finished_late,
  sum(r.withdrawn) AS withdrawn,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_day AS r
GROUP BY bucket, dim, code, grain;

ALTER TABLE rollup_units_day_from_submission {{on_cluster}} MODIFY QUERY
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
  sumIf(s.count, s.status = 7) AS withdrawn,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s
GROUP BY bucket, agency, service, province, grain;

ALTER TABLE rollup_units_month_from_units_day {{on_cluster}} MODIFY QUERY
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
  sum(r.withdrawn) AS withdrawn,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_units_day AS r
GROUP BY bucket, agency, service, province, grain;

ALTER TABLE rollup_meetings_day_from_submission {{on_cluster}} MODIFY QUERY
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
  sumIf(s.count, s.status = 7) AS withdrawn,
  sum(s.count) AS reached,
  count() AS events,
  max(least(s.occurred_at + toIntervalMillisecond(s.span_ms), s.received_at)) AS reported_to,
  max(s.received_at) AS received_at,
  max(toUInt8(s.simulated)) AS simulated
FROM submission AS s
GROUP BY bucket, agency, service, province, source, channel, status, grain;

ALTER TABLE rollup_meetings_month_from_meetings_day {{on_cluster}} MODIFY QUERY
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
  sum(r.withdrawn) AS withdrawn,
  sum(r.reached) AS reached,
  sum(r.events) AS events,
  max(r.reported_to) AS reported_to,
  max(r.received_at) AS received_at,
  max(r.simulated) AS simulated
FROM rollup_meetings_day AS r
GROUP BY bucket, agency, service, province, source, channel, status, grain;
