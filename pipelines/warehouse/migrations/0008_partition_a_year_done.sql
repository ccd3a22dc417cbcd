-- What the migration before needed to be run again. One of its own: that one must find it until it is noted as done.
DROP TABLE IF EXISTS cut_off_day_0007 {{on_cluster}} SYNC;

DROP TABLE IF EXISTS swapping_0007 {{on_cluster}} SYNC;
