-- A value may be that of one unit, beside the one for all (an empty text): part of the key, which SQLite cannot change in place.
CREATE TABLE reported_value_by_unit (
  indicator text NOT NULL,
  by_unit text NOT NULL,
  period text NOT NULL,
  revision integer NOT NULL,
  -- A number as JSON writes it: both databases keep its digits; null where what was reported is taken back.
  value text NOT NULL,
  who text NOT NULL,
  at text NOT NULL,
  evidence text NOT NULL,
  note text,
  why text,
  PRIMARY KEY (indicator, by_unit, period, revision)
);
INSERT INTO reported_value_by_unit (indicator, by_unit, period, revision, value, who, at, evidence, note, why)
  SELECT indicator, '', period, revision, value, who, at, evidence, note, why FROM reported_value;
DROP TABLE reported_value;
ALTER TABLE reported_value_by_unit RENAME TO reported_value;
