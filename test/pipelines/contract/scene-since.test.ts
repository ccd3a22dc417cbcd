/** Each kind of tile is asked again by a question of the same period, or says why it is not: none is left out. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  askedAgain,
  type Headline,
  type Incomparable,
  questionKey,
  questionsOf,
  type Tile,
  tileSchema,
} from '@room/contract';
import { expect, it } from 'vitest';
import { newTile } from '../../../web/src/messages/walls.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const PLACE = { column: 1, row: 1, width: 12, height: 8 };
const KINDS = tileSchema.options.map(({ shape }) => shape.kind.value);
const [unit = ''] = catalogue.agencies.map(({ id }) => id);
const DAYS = { from: '2026-11-01', to: '2026-11-30' };
/** As each address answers, as far as it is read here. */
const ANSWERS: Readonly<Record<string, object>> = {
  '/v1/wall/on-time': { ...DAYS, whole: { onTime: 9, late: 1 }, units: [{ id: unit, onTime: 3, late: 1 }] },
  '/v1/wall/waiting': { day: DAYS.to, whole: { overdue: 60 }, units: [{ id: unit, overdue: 7, open: 9 }] },
  '/v1/wall/index': { ...DAYS, points: 12, measured: 20, units: [{ code: unit, points: 9 }] },
  '/v1/wall/essential': { ...DAYS, submitted: 5, onTime: { share: 0.5 }, services: [{ id: 'one' }, { id: 'two' }] },
  '/v1/wall/leaders': { ...DAYS, groups: [{ leads: [{ code: unit, value: 0.9 }], lags: [] }] },
};
const again = (tile: Tile, answers = ANSWERS): (Headline | Incomparable)[] => {
  const kept = questionsOf(tile).flatMap((question): [string, { at: number; until: number; answer: object }][] => {
    const answer = answers[question.path];
    return answer === undefined && question.path in ANSWERS
      ? []
      : [[questionKey(question), { at: 7, until: 9, answer: answer ?? {} }]];
  });
  return askedAgain(tile, new Map(kept), 10, (ids) => ids.map((id) => `code ${id}`)).map(({ is, until }) => {
    expect(until).toBe(questionsOf(tile).length === 0 ? 10 : is === 'missing' ? 10 : 9);
    return is;
  });
};

it('every kind has its questions or its reasons', () => {
  const all = Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      again(newTile(kind, PLACE, unit)).map((is) => (typeof is === 'string' ? is : is.question.measures[0])),
    ]),
  );
  expect(all).toEqual({
    pulse: ['day'],
    'on-time': ['shareOnTime'],
    units: ['day'],
    waiting: ['backlogOverdue'],
    'waiting-units': ['backlogOverdue'],
    'waiting-map': ['backlogOverdue'],
    'late-map': ['shareOnTime'],
    alerts: ['ringing'],
    databases: ['links'],
    unit: ['shareOnTime', 'backlogOverdue', 'ringing'],
    programmes: ['reported'],
    tasks: ['audit'],
    'service-index': ['indexPoints'],
    essential: ['submitted'],
    leaders: ['shareOnTime'],
    'day-so-far': ['day'],
  });
});

it('of one unit alone its own number; of services those that they are counted by; a share of nothing is none', () => {
  const [onTime, waits] = again(newTile('unit', PLACE, unit)) as Headline[];
  expect(onTime).toEqual({
    question: { ...DAYS, measures: ['shareOnTime', 'onTime', 'late'], agency: unit },
    whole: { shareOnTime: 0.75, onTime: 3, late: 1 },
    units: [],
  });
  expect(waits?.whole).toEqual({ backlogOverdue: 7, backlogOpen: 9 });
  const [essential] = again(newTile('essential', PLACE, unit)) as Headline[];
  expect(essential?.question.services).toEqual(['code one', 'code two']);
  const none = { ...ANSWERS, '/v1/wall/on-time': { ...DAYS, whole: { onTime: 0, late: 0 }, units: [] } };
  expect((again(newTile('on-time', PLACE, unit), none)[0] as Headline).whole).toEqual({ onTime: 0, late: 0 });
});

it('what is not kept is missing, and what had no number then is compared with none', () => {
  expect(again(newTile('waiting', PLACE, unit), {})).toEqual(['missing']);
  const nothing = { ...ANSWERS, '/v1/wall/waiting': { day: DAYS.to, whole: {}, units: [] } };
  expect(again(newTile('waiting', PLACE, unit), nothing)).toEqual(['nothing']);
  const nobody = { ...ANSWERS, '/v1/wall/leaders': { ...DAYS, groups: [] } };
  expect(again(newTile('leaders', PLACE, unit), nobody)).toEqual(['unnamed']);
});
