-- Of a key only its hash is kept. A revoked one stays, so that the list can say when it ended.
CREATE TABLE portal_key (
  id text PRIMARY KEY,
  hash text NOT NULL UNIQUE,
  source text NOT NULL,
  name text NOT NULL,
  created_at text NOT NULL,
  created_by text NOT NULL,
  expires_at text,
  last_used_at text,
  revoked_at text
);
CREATE INDEX portal_key_of_source ON portal_key (source);

-- What was taken over from files of earlier versions, each once; `hash` is of what stood in the file then.
CREATE TABLE takeover (
  name text PRIMARY KEY,
  at text NOT NULL,
  hash text NOT NULL
);
