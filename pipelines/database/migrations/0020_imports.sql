-- Rows of offices' files that a token may bring besides what it reads, as JSON; and by which import a task came, so that it can be taken
-- back as a whole.
ALTER TABLE reading_token ADD COLUMN imports text NOT NULL DEFAULT '[]';
ALTER TABLE directive ADD COLUMN batch text;
-- A task whose import was taken back may be given again by its plan and number: its versions go on, so that nobody's answer to what was
-- taken back falls on it.
ALTER TABLE directive ADD COLUMN first_version integer NOT NULL DEFAULT 1;
CREATE INDEX directive_of_batch ON directive (batch);
