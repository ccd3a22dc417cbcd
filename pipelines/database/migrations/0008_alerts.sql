-- What rings, or rang: one row from its beginning to its end, its rule as it stood then. What became of it stands in the audit, by its id.
CREATE TABLE alert (
  id text PRIMARY KEY,
  rule text NOT NULL,
  rule_version bigint NOT NULL,
  dim text NOT NULL,
  code text NOT NULL,
  body text NOT NULL,
  state text NOT NULL,
  since text NOT NULL,
  began_at text NOT NULL,
  ended_at text,
  outcome text,
  -- Readings: when it began, and the newest.
  opened text NOT NULL,
  latest text NOT NULL,
  acknowledged_at text,
  acknowledged_by text,
  answer text,
  answer_version bigint NOT NULL
);
CREATE INDEX alert_of_time ON alert (ended_at, began_at);

-- Instances of rules that are not normal. What is not here is normal.
CREATE TABLE alert_instance (
  rule text NOT NULL,
  dim text NOT NULL,
  code text NOT NULL,
  state text NOT NULL,
  since text NOT NULL,
  -- What it was before it became unknown.
  former text,
  alert text,
  reading text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (rule, dim, code)
);

-- One row: when rules were looked at last, by whichever process does.
CREATE TABLE alert_look (
  id integer PRIMARY KEY CHECK (id = 1),
  at text NOT NULL
);
