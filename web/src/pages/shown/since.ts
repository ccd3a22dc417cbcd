/** Tile by tile of a scene what was shown and what is known now, in words. Pure. */
import {
  type Catalogue,
  type ComparedTile,
  describedBy,
  type Incomparable,
  isLevel,
  isPoints,
  isRatio,
  type Measure,
  type Scene,
  type SceneSince,
  type Tile,
} from '@room/contract';
import type { MessageKey } from '../../i18n/index.ts';
import type { Speech } from '../../messages/context.ts';
import { measureName, measureText } from '../../messages/explore.ts';
import { TILE_NAMES } from '../../messages/walls.ts';

export interface TileSince {
  key: string;
  kind: Tile['kind'];
  name: string;
  period: string;
  /** Why it cannot be compared. */
  not: string | undefined;
  rows: {
    measure: Measure;
    name: string;
    shown: string;
    now: string;
    /** Undefined where one of them is not known. */
    change: number | undefined;
    changeText: string;
    why: string;
  }[];
  lines: string[];
}

const NOT = {
  missing: 'sinceNot_missing',
  day: 'sinceNot_day',
  ringing: 'sinceNot_ringing',
  audit: 'sinceNot_audit',
  reported: 'sinceNot_reported',
  links: 'sinceNot_links',
  nothing: 'sinceNot_nothing',
  unnamed: 'sinceNot_unnamed',
  forgotten: 'sinceNot_forgotten',
  tooMany: 'sinceNot_tooMany',
} as const satisfies Record<Incomparable, MessageKey>;

/** Of two that were told, in the measure's own unit. */
const LEAST_SHARE = 0.000_005;
const LEAST_POINTS = 0.000_5;
function changeText(measure: Measure, change: number | undefined, { format, t }: Speech): string {
  if (change === undefined) return '—';
  if (change === 0) return t('sinceNone');
  if (Math.abs(change) < (isRatio(measure) ? LEAST_SHARE : isPoints(measure) ? LEAST_POINTS : 0))
    return t('sinceBelow');
  // A change that would round to nothing is told by two more digits.
  if (isRatio(measure)) return t('sincePoints', { change: format.points(change, Math.abs(change) < 0.0005 ? 3 : 1) });
  if (isPoints(measure)) return format.points(change / 100, Math.abs(change) < 0.05 ? 3 : 1);
  return format.signed(change);
}

type Number = NonNullable<ComparedTile['numbers']>[number];
/** What of the change came how: the rest had not been counted yet. */
function whyText({ measure, shown, now, why }: Number, { format, t }: Speech): string {
  if (why === undefined) return shown === now || isPoints(measure) ? '' : t('sinceDerived');
  const { late, corrected, replayed } = why;
  const rest = shown === undefined || now === undefined ? 0 : now - shown - late - corrected - replayed;
  const isOfReports = isLevel(measure);
  const parts: [MessageKey, number][] = [
    [isOfReports ? 'sinceLevelLate' : 'sinceLate', late],
    ['sinceCorrected', corrected],
    ['sinceReplayed', replayed],
    [isOfReports ? 'sinceLevelRest' : 'sinceRest', rest],
  ];
  return parts.flatMap(([key, n]) => (n === 0 ? [] : [t(key, { n: format.signed(n) })])).join('; ');
}

/** Of what its units are. */
const kindOf = (tile: Tile): 'agency' | 'province' | 'service' =>
  tile.kind === 'waiting-map' || tile.kind === 'late-map' ? 'province' : 'by' in tile ? tile.by : 'agency';

function unitsText(
  tile: Tile,
  { units = [], changed = 0 }: ComparedTile,
  catalogue: Catalogue,
  speech: Speech,
): string[] {
  const { format, t, name, language } = speech;
  const kind = kindOf(tile);
  const named = (id: string): string => {
    if (kind === 'service') return catalogue.services.find(({ code }) => code === id)?.label[language] ?? id;
    const unit = (kind === 'agency' ? catalogue.agencies : catalogue.provinces).find((each) => each.id === id);
    return unit === undefined ? id : name(unit);
  };
  // Which differ by less than is told of them, differ to nobody who reads it.
  const told = units.flatMap(({ id, measure, shown, now }) => {
    const [was, is] = [measureText(measure, shown, speech), measureText(measure, now, speech)];
    return was === is ? [] : [`${named(id)} ${was} → ${is}`];
  });
  if (told.length === 0) return [];
  const left = changed - units.length;
  const names = left <= 0 ? format.list(told) : t('sinceUnitsMore', { names: told.join(', '), n: format.count(left) });
  return [t('sinceUnits', { names })];
}

export function tilesSince(scene: Scene, { tiles }: SceneSince, catalogue: Catalogue, speech: Speech): TileSince[] {
  const { format, t } = speech;
  return tiles.flatMap((each, n): TileSince[] => {
    const tile = scene.tiles[each.tile];
    if (tile === undefined) return [];
    const { from, to, until, numbers = [], events, not } = each;
    const period =
      from === undefined || to === undefined || until === undefined
        ? ''
        : t('sinceUntil', { period: format.period(from, to), time: format.clock(until), day: format.dayOf(until) });
    const later = events === undefined ? 0 : events.late + events.corrected + events.replayed;
    return [
      {
        key: `${n} ${each.asked}`,
        kind: tile.kind,
        name: nameOf(tile, catalogue, speech),
        period,
        not: not === undefined ? undefined : t(NOT[not]),
        rows: numbers.map((number) => {
          const { measure, shown, now } = number;
          const change = shown === undefined || now === undefined ? undefined : now - shown;
          return {
            measure,
            name: measureName(measure, speech),
            shown: measureText(measure, shown, speech),
            now: measureText(measure, now, speech),
            change,
            changeText: changeText(measure, change, speech),
            why: whyText(number, speech),
          };
        }),
        lines: [
          ...unitsText(tile, each, catalogue, speech),
          // Of numbers that are no sums, what came is why.
          ...(not === undefined && numbers.length === 0 && each.changed === 0
            ? [t('sinceUnitsNone', { measure: measureNames(tile, speech) })]
            : []),
          ...(events === undefined || later === 0
            ? []
            : [
                t('sinceEvents', {
                  late: format.count(events.late),
                  corrected: format.count(events.corrected),
                  replayed: format.count(events.replayed),
                }),
              ]),
        ],
      },
    ];
  });
}

/** A tile of one unit by the unit, and one of several measures by its own. */
function nameOf(tile: Tile, catalogue: Catalogue, speech: Speech): string {
  const kind = speech.t(TILE_NAMES[tile.kind]);
  if (tile.kind === 'leaders') return `${kind} · ${measureNames(tile, speech)}`;
  if (tile.kind !== 'unit') return kind;
  const unit = (tile.by === 'agency' ? catalogue.agencies : catalogue.provinces).find(({ id }) => id === tile.id);
  return unit === undefined ? kind : speech.name(unit);
}

const measureNames = (tile: Tile, { language }: Speech): string =>
  tile.kind === 'leaders' ? describedBy(tile.measure).label[language] : '';
