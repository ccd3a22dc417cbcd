-- A case is also closed or deleted, by somebody and for a reason. Where a time of resolution has no more than that it was replayed.
ALTER TABLE quarantine {{on_cluster}}
  ADD COLUMN IF NOT EXISTS resolution LowCardinality(String) AFTER resolved_at,
  ADD COLUMN IF NOT EXISTS resolved_by String AFTER resolution,
  ADD COLUMN IF NOT EXISTS resolved_why String AFTER resolved_by;
