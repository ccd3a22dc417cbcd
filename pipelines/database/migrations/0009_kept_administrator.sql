-- Since when somebody keeps the right to administer that their provider gives no more, as nobody else has it.
ALTER TABLE identity ADD COLUMN kept_at text;
