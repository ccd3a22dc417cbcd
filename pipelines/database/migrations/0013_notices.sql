-- What somebody is to be told of an alert and is not yet: it waits for others of its group, for working hours, or for nobody to have
-- acknowledged. One row for each event and receiver, whatever routes lead there.
CREATE TABLE notice (
  event text NOT NULL,
  receiver text NOT NULL,
  step integer NOT NULL,
  alert text NOT NULL,
  grouping text NOT NULL,
  body text NOT NULL,
  due_at text NOT NULL,
  PRIMARY KEY (event, receiver, step)
);
CREATE INDEX notice_due ON notice (due_at);

-- By what webhooks are signed: beside the audit, which no secret enters.
CREATE TABLE webhook_secret (
  receiver text PRIMARY KEY,
  secret text NOT NULL
);

-- Messages to one receiver: so many at a time, that one who does not answer delays no other.
ALTER TABLE outbox ADD COLUMN lane text;
CREATE INDEX outbox_dead ON outbox (is_dead, created_at);
