/**
 * What the tiles of a scene said at an instant of the past beside what is known now of the same period up to the same instant: by which
 * question each is asked again, or why it cannot be. Pure. Instants are milliseconds since 1970 UTC, shares 0..1.
 */
import type { Answers } from './api.ts';
import type { Incomparable } from './compared-tiles.ts';
import type { DossierMeasure } from './points.ts';
import { questionKey, questionsOf, type ScenePath, type SceneQuestion } from './scene-questions.ts';
import type { Tile, UnitKind } from './scenes.ts';
import type { WallState } from './wall.ts';

type Values = { [M in DossierMeasure]?: number };
/** What is asked again: sums of events, or levels, of days of which the last may end at the instant. */
export interface SinceQuestion {
  from: string;
  to: string;
  measures: readonly DossierMeasure[];
  /** Of each unit too. */
  split?: UnitKind | 'service';
  /** Only of this unit, or of these services. */
  agency?: string;
  province?: string;
  services?: readonly string[];
}
/** What was shown, and how the same is asked now. */
export interface Headline {
  question: SinceQuestion;
  whole: Values;
  units: readonly { id: string; values: Values }[];
}

const SHARE: readonly DossierMeasure[] = ['shareOnTime', 'onTime', 'late'];
const WAITING: readonly DossierMeasure[] = ['backlogOverdue', 'backlogOpen'];

const onTimeOf = ({ onTime, late }: { onTime: number; late: number }): Values => ({
  ...(onTime + late > 0 ? { shareOnTime: onTime / (onTime + late) } : {}),
  onTime,
  late,
});
const waitingOf = ({ overdue, open }: { overdue?: number; open?: number }): Values => ({
  ...(overdue === undefined ? {} : { backlogOverdue: overdue }),
  ...(open === undefined ? {} : { backlogOpen: open }),
});
const only = (by: UnitKind, id: string) => (by === 'agency' ? { agency: id } : { province: id });

/** By kind of tile and question; `codes` are those by which services of these ids are counted. */
function headlineOf(
  tile: Tile,
  { path, query }: SceneQuestion,
  answer: unknown,
  codes: (ids: readonly string[]) => readonly string[],
): Headline | Incomparable {
  const as = <P extends ScenePath>(): Answers[P] => answer as Answers[P];
  switch (path) {
    case '/v1/wall/on-time': {
      const { from, to, whole, units } = as<typeof path>();
      const { by } = query as { by: UnitKind | 'service' };
      const unit = tile.kind === 'unit' ? units.find(({ id }) => id === tile.id) : undefined;
      if (tile.kind === 'unit')
        return {
          question: { from, to, measures: SHARE, ...only(tile.by, tile.id) },
          whole: onTimeOf(unit ?? { onTime: 0, late: 0 }),
          units: [],
        };
      return {
        question: { from, to, measures: SHARE, split: by },
        whole: onTimeOf(whole),
        units: units.map(({ id, ...counts }) => ({ id, values: onTimeOf(counts) })),
      };
    }
    case '/v1/wall/waiting': {
      const { day: to, whole, units } = as<typeof path>();
      const { by } = query as { by: UnitKind };
      const question = { from: to, to, measures: WAITING };
      if (tile.kind === 'unit')
        return {
          question: { ...question, ...only(tile.by, tile.id) },
          whole: waitingOf(units.find(({ id }) => id === tile.id) ?? {}),
          units: [],
        };
      return {
        question: { ...question, split: by },
        whole: waitingOf(whole),
        units: units.map(({ id, ...levels }) => ({ id, values: waitingOf(levels) })),
      };
    }
    case '/v1/wall/index': {
      const { from, to, points, measured, units } = as<typeof path>();
      const { by } = query as { by: UnitKind };
      return {
        question: { from, to, measures: ['indexPoints', 'indexMeasured'], split: by },
        whole: measured > 0 ? { indexPoints: points, indexMeasured: measured } : {},
        units: units.map((unit) => ({ id: unit.code, values: { indexPoints: unit.points } })),
      };
    }
    case '/v1/wall/essential': {
      const { from, to, submitted, online, onTime, services } = as<typeof path>();
      return {
        question: {
          from,
          to,
          measures: ['submitted', 'shareOnline', 'shareOnTime'],
          services: codes(services.map(({ id }) => id)),
        },
        whole: {
          submitted,
          ...(online === undefined ? {} : { shareOnline: online.share }),
          ...(onTime === undefined ? {} : { shareOnTime: onTime.share }),
        },
        units: [],
      };
    }
    case '/v1/wall/leaders': {
      const { from, to, groups } = as<typeof path>();
      const { by, measure } = query as { by: UnitKind; measure: DossierMeasure };
      const named = groups.flatMap(({ leads, lags }) => [...leads, ...lags]);
      if (named.length === 0) return 'unnamed';
      return {
        question: { from, to, measures: [measure], split: by },
        // Groups of like size have a number each, and all together none.
        whole: {},
        units: named.map(({ code, value }) => ({ id: code, values: { [measure]: value } })),
      };
    }
    case '/v1/alerts':
    case '/v1/ringing':
      return 'ringing';
    case '/v1/wall/tasks':
      return 'audit';
    case '/v1/indicators':
      return 'reported';
    case '/v1/links':
      return 'links';
  }
}

export interface AskedAgain {
  asked: string;
  /** Until when it was known to be shown. */
  until: number;
  is: Headline | Incomparable;
}

/** Of a tile, in the order of its questions. */
export function askedAgain(
  tile: Tile,
  answers: ReadonlyMap<string, { at: number; until?: number; answer: unknown }>,
  at: number,
  codes: (ids: readonly string[]) => readonly string[],
  /** Of the running day then, where its numbers stood in a tile that asked besides. */
  state?: Pick<WallState, 'backlog' | 'computedAt'>,
): AskedAgain[] {
  const questions = questionsOf(tile);
  if (questions.length === 0) return [{ asked: '', until: at, is: 'day' }];
  return questions.map((question) => {
    const asked = questionKey(question);
    const found = answers.get(asked);
    if (found === undefined) return { asked, until: at, is: 'missing' as const };
    const is = headlineOf(tile, question, found.answer, codes);
    // The country's number comes each second with the running day; what was asked for is its curve.
    if (tile.kind === 'waiting' && typeof is !== 'string' && state?.backlog !== undefined)
      return { asked, until: state.computedAt, is: { ...is, whole: waitingOf(state.backlog) } };
    const isEmpty = typeof is !== 'string' && Object.keys(is.whole).length === 0 && is.units.length === 0;
    return { asked, until: found.until ?? found.at, is: isEmpty ? ('nothing' as const) : is };
  });
}
