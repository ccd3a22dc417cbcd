-- What the Government Office orders a unit to do, and what became of it. A task of a plan is of the same shape, of another kind.
CREATE TABLE directive (
  id text PRIMARY KEY,
  kind text NOT NULL,
  -- What it came of; null where it came of no alert.
  alert text,
  -- Who owes it.
  dim text NOT NULL,
  code text NOT NULL,
  state text NOT NULL,
  -- Last local day.
  due text NOT NULL,
  -- When its unit is reminded next; null where it is not any more.
  remind_at text,
  body text NOT NULL,
  version bigint NOT NULL,
  given_at text NOT NULL,
  given_by text NOT NULL,
  settled_at text
);
CREATE INDEX directive_of_alert ON directive (alert);
CREATE INDEX directive_of_time ON directive (settled_at, due);
CREATE INDEX directive_reminded ON directive (remind_at);
