-- Every counted event, once. received_at is when the log took it; range_id names the log range that inserted it.
CREATE TABLE IF NOT EXISTS submission {{on_cluster}} (
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
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (agency, service, province, occurred_at)
{{deduplicated}};

-- Levels, not flows: open and overdue dossiers at an instant.
CREATE TABLE IF NOT EXISTS backlog {{on_cluster}} (
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
PARTITION BY toYYYYMM(at)
ORDER BY (agency, service, source, at)
{{deduplicated}};

-- What could not be counted, with its bytes. A record that comes again replaces its earlier row.
CREATE TABLE IF NOT EXISTS quarantine {{on_cluster}} (
  quarantine_id UUID,
  portal String,
  source String,
  id String,
  topic LowCardinality(String),
  log_partition UInt16,
  log_offset UInt64,
  received_at DateTime64(3, 'UTC'),
  code LowCardinality(String),
  reason String,
  bytes_base64 String,
  headers String,
  resolved_at Nullable(DateTime64(3, 'UTC')),
  version DateTime64(3, 'UTC')
) ENGINE = {{engine:ReplacingMergeTree(version)}}
ORDER BY quarantine_id
{{deduplicated}};

-- Which events were counted, for ever: (source, id) hashed to event_key. A fine granule keeps point look-ups cheap.
CREATE TABLE IF NOT EXISTS event_seen {{on_cluster}} (
  event_key UUID,
  correction Bool,
  range_id UInt64
) ENGINE = {{engine:MergeTree}}
ORDER BY event_key
{{deduplicated}}, index_granularity = 256;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_seen_from_submission {{on_cluster}} TO event_seen AS
SELECT event_key, corrects != '' AS correction, range_id FROM submission;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_seen_from_backlog {{on_cluster}} TO event_seen AS
SELECT event_key, false AS correction, range_id FROM backlog;
