import { QUARANTINE_CODES } from '@room/contract';
import { createRegistry } from '@room/operations';
import { PipelinesObserver } from '@room/pipelines';
import { expect, it } from 'vitest';
import { metricsOf } from '../../harness/metrics.ts';

function observed() {
  const registry = createRegistry();
  const lag = { waitingSince: () => undefined };
  const observer = new PipelinesObserver(registry, { lag, stuckMs: 60_000 });
  return { observer, metrics: async () => metricsOf(await registry.metrics()) };
}

const range = {
  partition: 0,
  token: 't',
  records: 15,
  counted: 7,
  duplicates: 1,
  moved: 3,
  deferred: 2,
  bytes: 4_000,
  insertMs: 30,
};

it('counts what became of the events of each range, and how its insert went', async () => {
  const { observer, metrics } = observed();
  observer.assigned([0]);
  observer.pending(0, true);
  expect((await metrics()).get('room_ingest_ranges_pending')).toBe(1);
  observer.counted({ ...range, quarantined: { not_json: 2 } });
  observer.pending(0, false);
  observer.refused();
  observer.restarted();
  const found = await metrics();
  expect(
    Object.fromEntries([...found].filter(([series]) => /^room_ingest_(?!insert_\w+_bucket)/.test(series))),
  ).toEqual({
    'room_ingest_events_total{result="counted"}': 7,
    'room_ingest_events_total{result="duplicate"}': 1,
    'room_ingest_events_total{result="quarantined"}': 2,
    'room_ingest_events_total{result="moved"}': 3,
    'room_ingest_events_total{result="deferred"}': 2,
    ...Object.fromEntries(
      [...QUARANTINE_CODES, 'other'].map((code) => [`room_ingest_quarantined_total{code="${code}"}`, 0]),
    ),
    'room_ingest_quarantined_total{code="not_json"}': 2,
    room_ingest_insert_events_sum: 15,
    room_ingest_insert_events_count: 1,
    room_ingest_insert_duration_seconds_sum: 0.03,
    room_ingest_insert_duration_seconds_count: 1,
    room_ingest_insert_bytes_total: 4_000,
    room_ingest_insert_failures_total: 1,
    room_ingest_restarts_total: 1,
    room_ingest_ranges_pending: 0,
  });
});

it('keeps the number of its series within bounds, whatever codes a producer makes up', async () => {
  const { observer, metrics } = observed();
  for (let n = 0; n < 500; n++) observer.counted({ ...range, quarantined: { [`made-up-${n}`]: 1 } });
  const codes = [...(await metrics())].filter(([series]) => series.startsWith('room_ingest_quarantined_total'));
  expect(codes.length).toBeLessThan(50);
  expect(codes.reduce((sum, [, cases]) => sum + cases, 0)).toBe(500);
});

it('tells which process computes the pulse, how long that takes, and what fails', async () => {
  const { observer, metrics } = observed();
  expect((await metrics()).get('room_pulse_leading')).toBe(0);
  observer.leads(true);
  observer.computed(40);
  observer.computed(60);
  observer.published();
  observer.failed();
  const found = await metrics();
  expect([
    found.get('room_pulse_leading'),
    found.get('room_pulse_computation_duration_seconds_sum'),
    found.get('room_pulse_publications_total'),
    found.get('room_pulse_failures_total'),
  ]).toEqual([1, 0.1, 1, 1]);
});
