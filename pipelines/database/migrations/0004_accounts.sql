-- How a person signs in. Who they are, and what they may do, is a document of the kind `person` of the same id.
CREATE TABLE password (
  person text PRIMARY KEY,
  hash text NOT NULL,
  set_at text NOT NULL
);

-- A link that sets a password once. Without a person it makes the first administrator. Of its token only the hash is kept.
CREATE TABLE invitation (
  hash text PRIMARY KEY,
  person text NOT NULL UNIQUE,
  expires_at text NOT NULL
);

-- Of a session's token only the hash is kept. One that ended is gone.
CREATE TABLE session (
  hash text PRIMARY KEY,
  person text NOT NULL,
  began_at text NOT NULL,
  seen_at text NOT NULL,
  expires_at text NOT NULL
);
CREATE INDEX session_of_person ON session (person);
