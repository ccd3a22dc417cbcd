-- What a person's programs show to read on their behalf. Of a token only the hash is kept; one that was revoked is gone. `rights` and
-- `scope` are JSON, never more than the person had when it was made.
CREATE TABLE reading_token (
  id text PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  person text NOT NULL,
  name text NOT NULL,
  rights text NOT NULL,
  scope text NOT NULL,
  created_at text NOT NULL,
  expires_at text NOT NULL,
  used_at text
);
CREATE INDEX reading_token_of_person ON reading_token (person);
