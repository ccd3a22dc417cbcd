-- A person whom an identity provider vouches for: who they are there, and here. They have no password.
CREATE TABLE identity (
  issuer text NOT NULL,
  subject text NOT NULL,
  person text NOT NULL UNIQUE,
  PRIMARY KEY (issuer, subject)
);

-- From where a session was begun, for its owner to know it by.
ALTER TABLE session ADD COLUMN address text;
ALTER TABLE session ADD COLUMN browser text;
-- With it the provider ends its own session too. It goes with the row.
ALTER TABLE session ADD COLUMN id_token text;

-- Failures to sign in, for all servers. The key is a hash of whom they were for and where they came from.
CREATE TABLE sign_in_failure (
  key text PRIMARY KEY,
  failures integer NOT NULL,
  failed_at text NOT NULL,
  free_at text NOT NULL
);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (failed_at);
