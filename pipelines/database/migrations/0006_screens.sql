-- A wall display that was let in. Its name and scope are a document of the kind `screen` of the same id.
CREATE TABLE screen (
  id text PRIMARY KEY,
  paired_by text NOT NULL,
  paired_at text NOT NULL,
  paired_from text NOT NULL,
  seen_at text,
  seen_from text
);

-- Of a credential only the hash is kept. One that takes another's place is there beside it until it is used.
CREATE TABLE screen_credential (
  hash text PRIMARY KEY,
  screen text NOT NULL,
  made_at text NOT NULL,
  replaces text
);
CREATE INDEX credential_of_screen ON screen_credential (screen);

-- A display that waits to be let in. `hash` is of what becomes its credential; few wait at a time.
CREATE TABLE screen_pairing (
  hash text PRIMARY KEY,
  code text NOT NULL UNIQUE,
  asked_from text NOT NULL,
  asked_at text NOT NULL,
  expires_at text NOT NULL
);
