-- Files whose content was taken away, as it should never have been given: who did so, when and why. Name, size and sum stay with what
-- they showed; the content of that sum has a size of 0 once nobody has it any more.
CREATE TABLE evidence_removal (
  file text PRIMARY KEY REFERENCES evidence_file (id),
  who text NOT NULL,
  at text NOT NULL,
  why text NOT NULL
);
