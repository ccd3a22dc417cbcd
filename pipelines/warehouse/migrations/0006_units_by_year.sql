-- What rollup_units_day has taken the place of. A migration of its own: the one before can be run again only while this is there.
DROP VIEW IF EXISTS rollup_unit_day_from_submission {{on_cluster}} SYNC;

DROP TABLE IF EXISTS rollup_unit_day {{on_cluster}} SYNC;
