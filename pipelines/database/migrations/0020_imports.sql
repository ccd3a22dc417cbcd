-- Rows of offices' files that a token may bring besides what it reads, as JSON; and by which import a task came, so that it can be taken
-- back as a whole.
ALTER TABLE reading_token ADD COLUMN imports text NOT NULL DEFAULT '[]';
ALTER TABLE directive ADD COLUMN batch text;
CREATE INDEX directive_of_batch ON directive (batch);
