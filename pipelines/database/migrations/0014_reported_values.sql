-- What was reported of indicators: a correction is the next revision of its period, and what it corrects stays.
CREATE TABLE reported_value (
  indicator text NOT NULL,
  period text NOT NULL,
  revision integer NOT NULL,
  -- A number as JSON writes it: both databases keep its digits.
  value text NOT NULL,
  who text NOT NULL,
  at text NOT NULL,
  evidence text NOT NULL,
  note text,
  why text,
  PRIMARY KEY (indicator, period, revision)
);
