/** Rows as ingest writes them, for tests that talk to the warehouse alone. */
import type { Submission } from '@room/contract';
import { eventKey, type RangeRows, type Retention, RowBinary, writeSubmission } from '@room/warehouse';

export const submission = (id: string, occurredAt: string, change: Partial<Submission> = {}): Submission => ({
  kind: 'submission',
  source: 'urn:s',
  id,
  simulated: false,
  occurredAt: Date.parse(occurredAt),
  span: 0,
  day: '',
  service: 'S1',
  agency: 'A1',
  province: 'P1',
  channel: 2,
  status: 1,
  count: 1,
  submitted: 1,
  submittedOnline: 1,
  ...change,
});

/** One range of submissions that the log took at `receivedAt`. */
export const rows = (
  events: readonly Submission[],
  rangeId: string,
  receivedAt = Date.parse('2026-11-19T05:00:00Z'),
): RangeRows => {
  const written = new RowBinary();
  for (const [offset, event] of events.entries()) {
    const origin = { partition: 0, offset, timestamp: receivedAt };
    writeSubmission(written, eventKey(event.source, event.id), event, origin, BigInt(rangeId));
  }
  return { submission: written.bytes, backlog: '', quarantine: '' };
};

/** For tests that count days which the room's settings would not keep. */
export const FOR_EVER: Retention = {
  seconds: undefined,
  minutes: undefined,
  submissions: undefined,
  backlog: undefined,
  forecasts: undefined,
  pulses: undefined,
  shown: undefined,
  resolved: undefined,
};
