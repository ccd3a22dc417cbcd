/**
 * Which scene a wall shows at an instant of the room's clock: whoever knows its program comes to the same, so that all screens change
 * together without asking anybody. Pure; no schema stands here, as walls come without.
 */
import { localDay, startOfDay } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import { dayTypeOf } from './day-types.ts';
import type { ScreenProgram, StandingOrder } from './scenes.ts';

export interface Showing {
  scene: string;
  why: 'turn' | 'show' | 'hold' | 'jump';
  /** Until then nothing else is shown, unless something else is ordered. */
  until: number;
}

/** What is ordered holds from so long after on: every screen has heard of it by then. */
export const ORDER_LEAD_MS = 2_500;
/** How long a screen shows its name when it is asked to. */
export const IDENTIFY_MS = 20_000;

/** A past that nobody ends gives way to what is live by itself after so long. */
export const PRESENT_MS = 30 * 60_000;
/** All screens of a wall change what they show of the past at whole ones of these. */
export const PRESENT_FRAME_MS = 2_000;

/** The past instant that an order shows at `now`; undefined where it does not hold. */
export function presentedAt(present: StandingOrder['present'], now: number): number | undefined {
  if (present === undefined || now < present.from || now >= present.until) return undefined;
  return present.at + (now - present.from) * present.speed;
}

/** A scene is cut into so many cells: a tile stands in whole ones. */
export const SCENE_GRID = { columns: 12, rows: 8 } as const;

type Ground = Pick<Catalogue, 'calendar' | 'timeZone'>;
type Turns = Pick<ScreenProgram, 'turns' | 'day'>;

const HOUR = 3_600_000;
const FAR = 24 * HOUR;

/** Outside the hours of working days. */
export function isQuiet(at: number, { from, to }: ScreenProgram['day'], { calendar, timeZone }: Ground): boolean {
  const day = localDay(at, timeZone);
  // Beyond the calendar nothing says that nobody works.
  if ((dayTypeOf(calendar, day) ?? 'working') !== 'working') return true;
  const hours = (at - startOfDay(day, timeZone)) / HOUR;
  return hours < from || hours >= to;
}

/** Quiet hours begin and end at whole local hours. */
function nextHour(at: number, timeZone: string): number {
  const midnight = startOfDay(localDay(at, timeZone), timeZone);
  return midnight + (Math.floor((at - midnight) / HOUR) + 1) * HOUR;
}

function turnAt({ turns, day }: Turns, ground: Ground, at: number): Showing | undefined {
  const now = isQuiet(at, day, ground) ? 'quiet' : 'day';
  const active = turns.filter(({ when }) => when === 'always' || when === now);
  // A wall is never empty: where nothing is meant for these hours all take turns.
  const all = active.length > 0 ? active : turns;
  const cycle = all.reduce((sum, { seconds }) => sum + seconds * 1_000, 0);
  let left = at % cycle;
  for (const { scene, seconds } of all) {
    const dwell = seconds * 1_000;
    if (left < dwell) {
      const until = all.length === 1 ? at + FAR : at - left + dwell;
      return { scene, why: 'turn', until: Math.min(until, nextHour(at, ground.timeZone)) };
    }
    left -= dwell;
  }
  return undefined;
}

type Scheduled = Pick<ScreenProgram, 'turns' | 'day' | 'order' | 'jumps' | 'scenes'>;

/** Undefined where none of its scenes is there. What was decided to be held stays; then an alert; then what was ordered; then turns. */
export function shownAt(program: Scheduled, ground: Ground, at: number): Showing | undefined {
  const { order, jumps, scenes } = program;
  const isThere = (scene: string): boolean => Object.hasOwn(scenes, scene);
  const turns = program.turns.filter(({ scene }) => isThere(scene));
  const spans: (Omit<Showing, 'until'> & { from: number; until: number })[] = [
    ...(order.show === undefined
      ? []
      : [
          {
            scene: order.show.scene,
            why: order.show.isHold ? ('hold' as const) : ('show' as const),
            from: order.show.from,
            until: order.show.until ?? Number.POSITIVE_INFINITY,
          },
        ]),
    ...jumps.map((jump) => ({ ...jump, why: 'jump' as const })),
  ].filter(({ scene, from, until }) => isThere(scene) && from < until);
  const rank = { hold: 0, jump: 1, show: 2, turn: 3 };
  const [ordered] = spans
    .filter(({ from, until }) => from <= at && at < until)
    .sort((one, other) => rank[one.why] - rank[other.why] || one.from - other.from);
  const edges = spans.flatMap(({ from, until }) => [from, until]).filter((edge) => edge > at);
  const showing =
    ordered === undefined
      ? turnAt({ turns, day: program.day }, ground, at)
      : { scene: ordered.scene, why: ordered.why, until: at + FAR };
  return showing === undefined ? undefined : { ...showing, until: Math.min(showing.until, ...edges) };
}
