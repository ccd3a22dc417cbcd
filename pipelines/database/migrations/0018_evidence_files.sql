-- Files that show what units told. The same bytes stand once, however many brought them.
CREATE TABLE evidence_content (
  sha256 text PRIMARY KEY,
  size integer NOT NULL
);
-- Base64, in pieces: no statement, and no line of a dump, holds a whole file.
CREATE TABLE evidence_part (
  sha256 text NOT NULL REFERENCES evidence_content (sha256),
  part integer NOT NULL,
  bytes text NOT NULL,
  PRIMARY KEY (sha256, part)
);
CREATE TABLE evidence_file (
  id text PRIMARY KEY,
  sha256 text NOT NULL REFERENCES evidence_content (sha256),
  size integer NOT NULL,
  -- As its content tells.
  type text NOT NULL,
  name text NOT NULL,
  who text NOT NULL,
  at text NOT NULL,
  -- When something was told with it first; null where nothing was yet, and it goes after a day.
  attached_at text
);
CREATE INDEX evidence_file_of_content ON evidence_file (sha256);
CREATE INDEX evidence_file_of_person ON evidence_file (who, at);
CREATE INDEX evidence_file_attached ON evidence_file (attached_at, at);
-- What it shows: whoever may see that may read it. Never taken back, as what was told never is.
CREATE TABLE evidence_use (
  file text NOT NULL REFERENCES evidence_file (id),
  kind text NOT NULL,
  subject text NOT NULL,
  PRIMARY KEY (file, kind, subject)
);
