-- What leaves the room, written in the transaction of its cause. A message is gone once it was delivered; one that never could be
-- stays, `is_dead`.
CREATE TABLE outbox (
  id text PRIMARY KEY,
  channel text NOT NULL,
  body text NOT NULL,
  created_at text NOT NULL,
  -- Not before: at first at once, then after each failure later.
  due_at text NOT NULL,
  attempts integer NOT NULL,
  is_dead integer NOT NULL,
  error text
);
CREATE INDEX outbox_due ON outbox (channel, is_dead, due_at);
