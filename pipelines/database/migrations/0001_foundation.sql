-- Every change of a thing that people decide, with what it was before and after. `hash` covers an entry and the hash before it.
CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at text NOT NULL,
  who text NOT NULL,
  action text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  version bigint,
  before text,
  after text,
  why text,
  hash text NOT NULL
);
CREATE INDEX audit_of_subject ON audit (kind, subject, sequence);
CREATE INDEX audit_of_person ON audit (who, sequence);
CREATE INDEX audit_of_time ON audit (at, sequence);

-- One row: the end of the chain. Whoever appends holds it until its transaction ends, so entries have the order of commits.
CREATE TABLE audit_head (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '');

-- What is edited as a whole, each kind with a schema of its own in the code.
CREATE TABLE document (
  kind text NOT NULL,
  id text NOT NULL,
  version bigint NOT NULL,
  body text,
  who text NOT NULL,
  at text NOT NULL,
  PRIMARY KEY (kind, id)
);
