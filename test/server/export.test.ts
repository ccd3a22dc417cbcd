/** Files that are taken along from a real room: whole, readable by another program, and noted in the audit. */
import type { AuditPage } from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, snapshot, submission } from '../harness/client.ts';
import { CookieClient, firstAdministrator } from '../harness/cookies.ts';
import { type Room, startRoom } from '../harness/room.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };
let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('a', { occurredAt: '2026-03-01T03:00:00Z', count: 7 }),
    submission('b', { occurredAt: '2026-03-02T03:00:00Z', count: 5, province: '04' }),
  ]);
  await vi.waitFor(
    async () => expect((await snapshot(room, 'past:2026-03-01:2026-03-02'))?.state.events).toBe(2),
    PATIENCE,
  );
});
afterAll(() => room[Symbol.asyncDispose]());

const QUESTION = 'from=2026-03-01&to=2026-03-02&split=province&measures=submitted&compare=none&lang=en&top=1';

it('CSV has its name, every row although the page shows the largest only, and leads back to its question', async () => {
  const response = await fetch(`${room.url}/v1/query.csv?${QUESTION}`);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe(
    'attachment; filename="viet-nam-submitted-2026-03-01-2026-03-02.csv"',
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  const lines = bytes.toString().slice(1).split('\r\n');
  expect(lines).toContain(`# Open this question again: ${room.url}/explore?${QUESTION}`);
  expect(lines.filter((line) => /^34-/.test(line))).toEqual(['34-01,Ha Noi,7', '34-04,Cao Bang,5']);
});

it('a question that cannot be answered gives no file, and is not noted', async () => {
  const response = await fetch(`${room.url}/v1/query.csv?from=2026-03-01&to=2026-03-02&province=nowhere`);
  expect([response.status, response.headers.get('content-disposition')]).toEqual([400, null]);
});

it('who took what is in the audit, and nothing of what was not given', async () => {
  const administrator = await firstAdministrator(room);
  const { entries } = await administrator.told<AuditPage>('/v1/audit?action=export.made');
  expect(entries).toMatchObject([
    { who: 'visitor:', kind: 'export', subject: 'csv', after: { question: `?${QUESTION}`, rows: 2 } },
  ]);
});

it('fills no audit: a long question is noted as far as it says something, and files are so many a minute', async () => {
  const long = `${QUESTION.replace('submitted', `submitted${',submitted'.repeat(1_400)}`)}&agency=`;
  expect((await fetch(`${room.url}/v1/query.csv?${long}`)).status).toBe(200);
  const taken: Response[] = [];
  for (let n = 0; n < 40; n++) taken.push(await fetch(`${room.url}/v1/query.csv?${QUESTION}`));
  const refused = taken.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(3);
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused[0]?.json()).toMatchObject({ error: { code: 'too_many_exports' } });
  const administrator = new CookieClient(room);
  await administrator.signIn('lan');
  const { entries } = await administrator.told<AuditPage>('/v1/audit?action=export.made');
  expect(Math.max(...entries.map(({ after }) => JSON.stringify(after).length))).toBeLessThan(2_100);
});
