-- Events a second that a key may bring; null: as many as the room lets every key.
ALTER TABLE portal_key ADD COLUMN rate integer;

-- A search of the audit goes back in it, by what was done or to what.
CREATE INDEX audit_of_kind ON audit (kind, sequence);
CREATE INDEX audit_of_action ON audit (action, sequence);
CREATE INDEX audit_of_target ON audit (subject, sequence);
