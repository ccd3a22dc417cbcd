import { render, statements } from '@room/warehouse';
import { expect, it } from 'vitest';

const SQL = `-- a comment; with a semicolon
CREATE TABLE t {{on_cluster}} (a Int8) ENGINE = {{engine:ReplacingMergeTree(version)}} ORDER BY a TTL b + INTERVAL {{keep_minutes}} DAY {{deduplicated}};
{{synced:t}};
SELECT '{{time_zone}}';
`;
const dialect = { timeZone: 'Asia/Ho_Chi_Minh' };

it('one server and a replicated cluster differ in the engine clause only', () => {
  const [single] = statements(render(SQL, dialect));
  expect(single).toContain('ENGINE = ReplacingMergeTree(version)');
  expect(single).toContain('non_replicated_deduplication_window = 10000');
  const [replicated, synced] = statements(render(SQL, { ...dialect, cluster: 'main' }));
  expect(synced).toBe('SYSTEM SYNC REPLICA t');
  expect(replicated).toContain("ON CLUSTER 'main'");
  expect(replicated).toContain(
    "ReplicatedReplacingMergeTree('/clickhouse/tables/{database}/{table}', '{replica}', version)",
  );
  expect(replicated).toContain('replicated_deduplication_window = 10000');
});

it('cuts statements at their ends only', () => {
  expect(statements(render(SQL, dialect))).toHaveLength(2);
  expect(statements(render(SQL, dialect))[1]).toBe("SELECT 'Asia/Ho_Chi_Minh'");
});
