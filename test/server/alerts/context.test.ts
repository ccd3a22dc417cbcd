/** What stands around an alert: which question its curve is, and what was usual on like days before it. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { type Alert, type CurvePoint, querySchema, ruleSchema } from '@room/contract';
import { expect, it } from 'vitest';
import { curveOf, curveQuestion, dividedBy, driversQuestion } from '../../../server/src/alerts/context.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const at = (text: string): number => Date.parse(`${text}+07:00`);
const label = { vi: 'thử', en: 'a test' };
const measured = (measure: string, window: object) => ({
  kind: 'threshold',
  measure,
  window,
  side: 'above',
  against: { kind: 'value', limit: 100 },
});

function alertOf(when: object, more: Partial<Alert> = {}): Alert {
  const beganAt = at('2026-11-19T09:20:00');
  const over = { dim: (when as { kind: string }).kind === 'silent' ? 'source' : 'agency' };
  return {
    id: 'a',
    rule: 'R',
    ruleVersion: 1,
    dim: 'agency',
    code: 'MPS',
    body: ruleSchema.parse({ label, reason: label, owner: 'x', severity: 'warning', over, when }),
    state: 'firing',
    since: beganAt,
    beganAt,
    opened: { at: beganAt, value: 151, limit: 100 },
    latest: { at: beganAt, value: 151, limit: 100 },
    answerVersion: 0,
    covers: 0,
    ...more,
  };
}
const TODAY = measured('submitted', { kind: 'today' });
const NOW = at('2026-11-20T12:00:00');

it('asks for its own number, of its own unit, from four weeks before it began until now or its end', () => {
  const asked = curveQuestion(alertOf(TODAY), NOW, catalogue);
  expect(asked).toEqual({ measures: 'submitted', from: '2026-10-22', to: '2026-11-20', grain: 'day', agency: 'MPS' });
  expect(querySchema.safeParse(asked).success).toBe(true);
  const ended = alertOf(TODAY, { endedAt: at('2026-11-19T23:59:59') });
  expect(curveQuestion(ended, NOW, catalogue).to).toBe('2026-11-19');
  // A clock that was set back asks for no day before it began, and what stays open for years for none that is not answered.
  expect(curveQuestion(alertOf(TODAY), at('2026-11-10T00:00:00'), catalogue).to).toBe('2026-11-19');
  const forEver = curveQuestion(
    alertOf({ kind: 'silent' }, { dim: 'source', code: 'p' }),
    at('2029-01-01T00:00:00'),
    catalogue,
  );
  expect(forEver).toMatchObject({
    measures: 'submitted',
    grain: 'hour',
    source: 'p',
    from: '2026-11-05',
    to: '2027-01-18',
  });
  expect(driversQuestion(alertOf(TODAY), NOW, catalogue)).toEqual({
    from: '2026-11-19',
    to: '2026-11-19',
    compare: '2026-11-12:2026-11-12',
    agency: 'MPS',
  });
});

it('is divided by what it is not of, levels by what reports them', () => {
  expect(dividedBy(alertOf(TODAY))).toEqual(['service', 'province']);
  for (const dimension of dividedBy(alertOf(measured('backlogOverdue', { kind: 'now' }))))
    expect(dividedBy(alertOf(TODAY))).toContain(dimension);
  expect(dividedBy(alertOf(TODAY, { dim: 'all', code: '' }))).toEqual(['agency', 'province']);
});

it('knows what was usual from like days before it began, and from no others', () => {
  const alert = alertOf(TODAY);
  const question = curveQuestion(alert, NOW, catalogue);
  // A working Thursday, of five working days of 100, 110 … and two of rest of 10 a week.
  const days = Array.from({ length: 30 }, (_, n) => new Date(at('2026-10-22T12:00:00') + n * 86_400_000));
  const points: CurvePoint[] = days.map((day, n) => {
    const weekday = day.getUTCDay();
    const isRest = weekday === 0 || weekday === 6;
    const isBefore = n < 28;
    return { at: day.toISOString().slice(0, 10), now: { submitted: isBefore ? (isRest ? 10 : 100 + n) : 9_000 } };
  });
  const curve = curveOf(alert, points, question, catalogue);
  expect(curve).toMatchObject({ measure: 'submitted', grain: 'day', limit: 100, question });
  const of = (day: string) => curve.points.find((point) => point.at === day);
  const thursday = of('2026-11-19');
  expect(thursday?.value).toBe(9_000);
  expect(thursday?.low).toBeGreaterThan(99);
  expect(thursday?.high).toBeLessThan(128);
  expect(of('2026-11-14')).toMatchObject({ low: 10, high: 10 });
  // Too few days say nothing.
  expect(curveOf(alert, points.slice(-5), question, catalogue).points.some(({ low }) => low !== undefined)).toBe(false);
});

it('draws no limit that is of something else than its points, and shows three days of hours', () => {
  const alert = alertOf(measured('submitted', { kind: 'last', minutes: 15 }));
  const points = ['2026-11-15T23', '2026-11-16T00', '2026-11-19T09'].map((hour) => ({
    at: hour,
    now: { submitted: 5 },
  }));
  const curve = curveOf(alert, points, {}, catalogue);
  expect(curve.limit).toBeUndefined();
  expect(curve.points.map((point) => point.at)).toEqual(['2026-11-16T00', '2026-11-19T09']);
  // A limit of a ratio is none of its part.
  const ratio = {
    kind: 'ratio',
    part: 'late',
    whole: 'submitted',
    window: { kind: 'today' },
    side: 'above',
    limit: 0.5,
    least: 10,
  };
  expect(curveOf(alertOf(ratio), [], {}, catalogue)).toMatchObject({ measure: 'late', grain: 'day' });
  expect(curveOf(alertOf(ratio), [], {}, catalogue).limit).toBeUndefined();
  const hour = alertOf(measured('submitted', { kind: 'last', minutes: 60 }));
  expect(curveOf(hour, points, {}, catalogue).limit).toBe(100);
});
