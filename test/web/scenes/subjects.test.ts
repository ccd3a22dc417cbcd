/** What the map's subjects say: a percentage beside its count, whoever is coloured is named, and who tells nothing is hatched. */
import type { Catalogue, OnTimeOverDays, Waiting } from '@room/contract';
import { expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { scenes } from '../../../web/src/i18n/scenes.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { FIRST_MS, subjectAt, TURN_MS } from '../../../web/src/scenes/map-turns.ts';
import { lateSubject, waitingSubject } from '../../../web/src/scenes/subjects.ts';
import { NOW, catalogue as small } from '../room.ts';

addMessages(scenes);
const label = (name: string) => ({ vi: name, en: name });
const ids = Array.from({ length: 12 }, (_, n) => `P${n}`);
const catalogue: Catalogue = {
  ...small,
  provinces: ids.map((id) => ({ id, code: id, label: label(id), mapCode: id })),
};
const speech = speechIn('en', catalogue);

const waiting = (units: Waiting['units']): Waiting => ({
  day: '2026-11-19',
  whole: { points: [] },
  units,
  simulated: false,
});

it('who waits: the most are coloured and named with their count and its change, the rest stand back', () => {
  const units = ids.slice(0, 11).map((id, n) => ({ id, overdue: 100 * (n + 1), weekBefore: 100 * (n + 1) - 50 }));
  const { named, unknown, legendOf, restOf, rows } = waitingSubject(waiting(units), catalogue, speech);
  // Read out is everybody, and of whom nothing was told that too.
  expect(rows).toHaveLength(12);
  expect([rows[0], rows[11]].map((row) => row?.text)).toEqual(['100 ▲ 100%', '—']);
  expect(named.map(({ id }) => id)).toEqual(['P10', 'P9', 'P8', 'P7', 'P6', 'P5', 'P4', 'P3']);
  expect(named[0]).toMatchObject({ name: 'P10', text: '1,100 ▲ 4.8%' });
  expect([...unknown]).toEqual(['P11']);
  // Of each colour the least that has it: more than anybody has who has none.
  expect(legendOf(new Set(named.map(({ id }) => id))).map(({ text }) => text)).toEqual(['500 or more', '400 or more']);
  expect(restOf(new Set(named.map(({ id }) => id)))).toBe('others: up to 300');
  expect(restOf(new Set(ids))).toBeUndefined();
  // The first of all found no place for its name: those without a colour are not said to have fewer.
  expect(restOf(new Set(['P9', 'P8']))).toBe('others: up to 1,100');
});

it('who waits: where portals told less by place than there is, that is said', () => {
  const units = [{ id: 'P0', overdue: 300 }];
  const partOf = (overdue?: number) =>
    waitingSubject(
      { ...waiting(units), whole: { points: [], ...(overdue === undefined ? {} : { overdue }) } },
      catalogue,
      speech,
    ).part;
  expect([partOf(1_000), partOf(300), partOf()]).toEqual([
    '300 of 1,000 dossiers are reported by place',
    undefined,
    undefined,
  ]);
});

it('who waits: of few a change is a count, nobody of whom none wait is coloured, and few beside many are not', () => {
  const few = waitingSubject(
    waiting([
      { id: 'P0', overdue: 3, weekBefore: 1 },
      { id: 'P1', overdue: 0, weekBefore: 0 },
    ]),
    catalogue,
    speech,
  );
  expect(few.named.map(({ id, text }) => [id, text])).toEqual([['P0', '3 ▲ 2']]);
  const beside = waitingSubject(
    waiting([
      { id: 'P0', overdue: 5_000 },
      { id: 'P1', overdue: 3 },
    ]),
    catalogue,
    speech,
  );
  expect(beside.named.map(({ id }) => id)).toEqual(['P0']);
});

it('who is late: those surely below alone, the share beside how many were late, the most late first', () => {
  const unit = (id: string, share: number, late: number, verdict: OnTimeOverDays['units'][number]['verdict']) => ({
    id,
    onTime: Math.round((late * share) / (1 - share)),
    late,
    now: { share, low: share - 0.01, high: share + 0.01 },
    verdict,
    hasChanged: false,
  });
  const data: OnTimeOverDays = {
    from: '2026-10-21',
    to: '2026-11-19',
    beforeFrom: '2026-09-21',
    target: 0.95,
    whole: { onTime: 0, late: 0 },
    simulated: false,
    units: [
      unit('P0', 0.93, 700, 'below'),
      unit('P1', 0.8, 2_000, 'below'),
      unit('P2', 0.5, 2, 'few'),
      unit('P3', 0.94, 30, 'unsure'),
    ],
  };
  const { named, unknown, heading, restOf, rows } = lateSubject(data, 30, catalogue, speech);
  // Whoever found no room for its name is not coloured, and not called punctual.
  expect([restOf(new Set(['P0', 'P1'])), restOf(new Set(['P1']))]).toEqual([
    'others',
    'others, 1 of them below the target too',
  ]);
  expect(rows.map(({ id, text }) => [id, text])).toEqual([
    ['P1', '80.0% · 2,000 late'],
    ['P0', '93.0% · 700 late'],
    ['P3', '94.0% · 30 late'],
    ['P2', '50.0% · 2 late'],
  ]);
  expect(heading).toBe('2 below the target of 95%, last 30 days');
  expect(named.map(({ id, look, text }) => [id, look, text])).toEqual([
    ['P1', 'farBelow', '80.0% · 2,000 late'],
    ['P0', 'below', '93.0% · 700 late'],
  ]);
  // Few were finished there, which is told and not judged.
  expect([unknown.has('P2'), unknown.has('P4')]).toEqual([false, true]);
  // Target and level to act at are two, each with its name: the catalogue's, however far apart they are.
  const legend = ({ thresholds } = catalogue) =>
    lateSubject(data, 30, { ...catalogue, thresholds }, speech).legendOf(new Set(['P0', 'P1']));
  expect(legend().map(({ text }) => text)).toEqual(['below 90%, where to act', 'below the target of 95%']);
  const strict = { ...catalogue, thresholds: { ...catalogue.thresholds, onTimeAct: 0.75 } };
  expect(legend(strict).map(({ text }) => text)).toEqual(['below the target of 95%']);
  expect(lateSubject({ ...data, units: [] }, 30, catalogue, speech).heading).toBe(
    'Nobody below the target of 95%, last 30 days',
  );
});

it('the map turns through its subjects by the clock that all screens share, and begins with the day', () => {
  expect(subjectAt(NOW, NOW - FIRST_MS + 1)).toBe('volume');
  const seen = [0, 1, 2, 3].map((turn) => subjectAt(NOW + turn * TURN_MS, NOW - FIRST_MS));
  expect(new Set(seen)).toEqual(new Set(['volume', 'late-map', 'waiting-map']));
  expect(seen[3]).toBe(seen[0]);
});
