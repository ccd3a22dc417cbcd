/** The briefing of a working day's morning: when it is due, once a day, and not where nobody asked for it. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Briefing, type BriefingSchedule, NO_SCHEDULE } from '@room/contract';
import { Conflict } from '@room/database';
import { expect, it, vi } from 'vitest';
import { dayDue, ScheduledBriefings, scheduledId } from '../../../server/src/briefing/schedule.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const ON: BriefingSchedule = { isOn: true, at: '07:30', period: 'week' };
const due = (at: string, schedule = ON) => dayDue(schedule, Date.parse(at), catalogue);

it('is due from its time of a working day on, by the local calendar', () => {
  expect(due('2026-11-20T07:29:59+07:00')).toBeUndefined();
  expect(due('2026-11-20T07:30:00+07:00')).toBe('2026-11-20');
  expect(due('2026-11-20T23:59:59+07:00')).toBe('2026-11-20');
  // A Sunday, and a day off in the week.
  expect(due('2026-11-22T09:00:00+07:00')).toBeUndefined();
  expect(due('2026-11-24T09:00:00+07:00')).toBeUndefined();
  expect(due('2026-11-20T09:00:00+07:00', NO_SCHEDULE)).toBeUndefined();
});

it('is one a day, whoever makes it and however often it is looked at', async () => {
  const made: string[] = [];
  let now = Date.parse('2026-11-20T08:00:00+07:00');
  const kept = new Set<string>();
  const begin = () =>
    new ScheduledBriefings({
      catalogue,
      schedules: { get: async () => ({ id: 'schedule', version: 1, body: ON, who: 'person:ann', at: '' }) },
      briefings: {
        get: async (id) => (kept.has(id) ? { text: '', key: '', signature: '' } : undefined),
        make: async (_cause, period, _asker, id = '') => {
          if (kept.has(id)) throw new Conflict('briefing', id, 0, { version: 1, who: 'room', at: '' });
          kept.add(id);
          made.push(`${period} ${id}`);
          return {} as Briefing;
        },
      },
      report: () => undefined,
      now: () => now,
    });
  const [one, other] = [begin(), begin()];
  one.start();
  other.start();
  await vi.waitFor(() => expect(made).toHaveLength(1));
  await Promise.all([one.stop(), other.stop()]);
  expect(made).toEqual([`week ${scheduledId(catalogue.id, '2026-11-20')}`]);
  now += 3 * 86_400_000;
  const next = begin();
  next.start();
  await vi.waitFor(() => expect(made).toHaveLength(2));
  await next.stop();
  expect(made[1]).toBe(`week ${scheduledId(catalogue.id, '2026-11-23')}`);
});

it('says once that it could not be made, and goes on', async () => {
  const said: string[] = [];
  const scheduled = new ScheduledBriefings({
    catalogue,
    schedules: { get: () => Promise.reject(new Error('the database is away')) },
    briefings: { get: async () => undefined, make: () => Promise.reject(new Error('none')) },
    report: (_, message) => said.push(message),
  });
  scheduled.start();
  await vi.waitFor(() => expect(said).toEqual(["the day's briefing is not made yet: the database is away"]));
  await scheduled.stop();
});
