-- Answers of questions as they were given, for those who saw the same: never changed, and gone only with the database.
CREATE TABLE frozen_answer (
  id text PRIMARY KEY,
  owner text NOT NULL,
  at text NOT NULL,
  -- Whose numbers it was made of: key of the scope.
  scope text NOT NULL,
  question text NOT NULL,
  answer text NOT NULL
);
CREATE INDEX frozen_answer_of_owner ON frozen_answer (owner);
