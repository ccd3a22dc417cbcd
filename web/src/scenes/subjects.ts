/** What a map of places says of each, by its subject: who waits beyond the date, or who finishes late. Pure. */
import { type Catalogue, type OnTimeOverDays, validOn, type Waiting } from '@room/contract';
import type { Speech } from '../messages/context.ts';
import { shortTrend } from '../messages/overdue.ts';
import { stepsOf } from './steps.ts';
import { sureGroups } from './sure-rows.ts';

/** `s1` to `s5`: from few to many. `neutral` stands back, `unknown` was not told. */
export type PlaceLook = 'neutral' | 'unknown' | 'below' | 'farBelow' | `s${1 | 2 | 3 | 4 | 5}`;

export interface Place {
  id: string;
  code: string;
  name: string;
  look: PlaceLook;
  /** Beside its name: a percentage stands beside its count, and alone never. */
  text: string;
}

export interface Subject {
  /** Those to be coloured, the weightiest first; whoever finds no place for its name is not. */
  named: Place[];
  /** Codes of whom nothing is known. */
  unknown: ReadonlySet<string>;
  heading: string;
  /** Of the colours where these have one. */
  legendOf: (coloured: ReadonlySet<string>) => { look: PlaceLook; text: string }[];
  /** What those are that are not coloured, where these are; undefined: there are none. */
  restOf: (coloured: ReadonlySet<string>) => string | undefined;
  /** Of what waits, how much is told by place at all; undefined where all of it is. */
  part?: string;
  /** Each place, as it is read out. */
  rows: Pick<Place, 'id' | 'name' | 'text'>[];
}

const placesOf = ({ provinces }: Catalogue, day: string) =>
  provinces.flatMap((unit) =>
    unit.mapCode === undefined || !validOn(unit, day) ? [] : [{ unit, code: unit.mapCode }],
  );

/** As many as the eye can hold apart. */
const MOST = 8;

/** Whose numbers these are: the country's, or of some units. `day`: local, on which these have their names. */
export function ofText(
  of: readonly string[] | undefined,
  { agencies, provinces }: Pick<Catalogue, 'agencies' | 'provinces'>,
  day: string,
  { t, format, name }: Speech,
): string {
  if (of === undefined) return t('ofCountry');
  const units = [...agencies, ...provinces].filter((unit) => of.includes(unit.id) && validOn(unit, day));
  return units.length <= 2 && units.length > 0
    ? format.list(units.map(name))
    : t('someUnits', { n: units.length }, units.length);
}

/** Portals may report what waits without the place: what is told by place is then less than what waits. */
export function partOf({ whole, units }: Waiting, { t, format }: Speech): { part?: string } {
  const told = units.reduce((sum, { overdue = 0 }) => sum + overdue, 0);
  if (whole.overdue === undefined || told >= whole.overdue) return {};
  return { part: t('waitingPart', { n: format.count(told), all: format.count(whole.overdue) }) };
}

export function waitingSubject(data: Waiting, catalogue: Catalogue, speech: Speech): Subject {
  const { t, format, name, thresholds } = speech;
  const units = new Map(data.units.map((unit) => [unit.id, unit]));
  const places = placesOf(catalogue, data.day).map(({ unit, code }) => ({ unit, code, ...units.get(unit.id) }));
  const known = places.flatMap((place) => (place.overdue === undefined ? [] : [{ ...place, overdue: place.overdue }]));
  const ranked = known.filter(({ overdue }) => overdue > 0).sort((one, other) => other.overdue - one.overdue);
  // Where anybody has many, few are not worth a colour.
  const enough = (ranked[0]?.overdue ?? 0) >= thresholds.countEnough ? thresholds.countEnough : 1;
  const most = ranked.filter(({ overdue }) => overdue >= enough).slice(0, MOST);
  const steps = stepsOf(known.map(({ overdue }) => overdue));
  const stepOf = (overdue: number): PlaceLook =>
    `s${Math.max(1, steps.filter((step) => overdue >= step).length)}` as PlaceLook;
  const textOf = (level: (typeof known)[number]): string =>
    `${format.count(level.overdue)} ${shortTrend(level, speech)}`.trim();
  const named = most.map((place) => ({
    id: place.unit.id,
    code: place.code,
    name: name(place.unit),
    look: stepOf(place.overdue),
    text: textOf(place),
  }));
  return {
    named,
    unknown: new Set(places.filter(({ overdue }) => overdue === undefined).map(({ code }) => code)),
    heading: t('waitingWhere'),
    // By the least that has the colour, not by where it could begin: whoever has none has fewer than that.
    legendOf: (coloured) => {
      const least = new Map<PlaceLook, number>();
      for (const { unit, overdue } of most)
        if (coloured.has(unit.id)) {
          const look = stepOf(overdue);
          least.set(look, Math.min(overdue, least.get(look) ?? overdue));
        }
      return [...least].map(([look, overdue]) => ({ look, text: t('waitingMany', { n: format.count(overdue) }) }));
    },
    // Also of those that are not coloured some may have as many as one that is: the most that any of them has is told.
    restOf: (coloured) => {
      const rest = known.filter(({ unit }) => !coloured.has(unit.id)).map(({ overdue }) => overdue);
      const last = Math.max(0, ...rest);
      return rest.length === 0
        ? undefined
        : t(last === 0 ? 'waitingOthersNone' : 'waitingOthers', { n: format.count(last) });
    },
    ...partOf(data, speech),
    rows: places.map(({ unit, overdue, ...level }) => ({
      id: unit.id,
      name: name(unit),
      text: overdue === undefined ? '—' : textOf({ ...level, unit, overdue }),
    })),
  };
}

export function lateSubject(data: OnTimeOverDays, days: number, catalogue: Catalogue, speech: Speech): Subject {
  const { t, format } = speech;
  const target = format.percent(data.target);
  const groups = sureGroups(data, 'province', catalogue, speech);
  const places = placesOf(catalogue, data.to);
  const codes = new Map(places.map(({ unit, code }) => [unit.id, code]));
  const below = groups.find(({ verdict }) => verdict === 'below')?.rows ?? [];
  // Most late dossiers first: that is whom most people wait for.
  const textOf = ({ now, late }: (typeof below)[number]): string =>
    now === undefined ? '—' : t('lateBeside', { share: format.share(now.share), n: format.count(late) });
  const named = below
    .toSorted((one, other) => other.late - one.late)
    .slice(0, MOST)
    .flatMap((row): Place[] => {
      const { id, name, mark, now } = row;
      const code = codes.get(id);
      if (code === undefined || now === undefined) return [];
      return [{ id, code, name, look: mark === 'act' ? 'farBelow' : 'below', text: textOf(row) }];
    });
  const told = new Set(data.units.filter(({ onTime, late }) => onTime + late > 0).map(({ id }) => id));
  const act = format.percent(catalogue.thresholds.onTimeAct);
  const has = (look: PlaceLook): boolean => named.some((place) => place.look === look);
  return {
    named,
    unknown: new Set(places.filter(({ unit }) => !told.has(unit.id)).map(({ code }) => code)),
    heading: t(below.length === 0 ? 'lateNone' : 'lateWhere', { n: below.length, target, days }),
    // Where more are below than have a colour it says who has most late dossiers, not who is below.
    legendOf: (coloured) => {
      const isPart = below.length > coloured.size;
      const text = (limit: string): string => (isPart ? t('lateMost', { limit }) : limit);
      return [
        ...(has('farBelow') ? [{ look: 'farBelow' as const, text: text(t('belowAct', { act })) }] : []),
        ...(has('below') ? [{ look: 'below' as const, text: text(t('belowTarget', { target })) }] : []),
      ];
    },
    restOf: (coloured) =>
      below.length > coloured.size ? t('lateOthersToo', { n: below.length - coloured.size }) : t('lateOthers'),
    rows: groups.flatMap(({ rows }) => rows.map((row) => ({ id: row.id, name: row.name, text: textOf(row) }))),
  };
}
