/** By what is counted, as data: what the rollups' rows are told apart by, and what the codes there stand for. */
import { validOn } from './calendar.ts';
import type { Catalogue } from './catalogue.ts';
import type { Language } from './language.ts';

type Label = Readonly<Record<Language, string>>;

/** The part of a catalogue that lists them. */
export type Listing = Pick<
  Catalogue,
  'agencies' | 'provinces' | 'services' | 'sources' | 'channels' | 'statuses' | 'groups'
>;

/** One of those that a dimension tells apart. */
export interface DimensionMember {
  /** What the rollups call it: a unit's id, or a code. */
  code: string;
  label: Label;
  short?: Label | undefined;
  /** What people call it besides. */
  aliases?: readonly string[] | undefined;
  /** Local days on which it existed, both inclusive. */
  validFrom?: string | undefined;
  validTo?: string | undefined;
}

type NameOnWall = 'agencies' | 'provinces' | 'services' | 'channels' | 'statuses';

interface DimensionEntry {
  members: (catalogue: Listing) => readonly DimensionMember[];
  /** Under which name a wall keeps its members, where it does, and what of each: all measures, or one count. */
  wall?: { name: NameOnWall; holds: 'measures' | 'submitted' | 'reached' };
  /** Each member has a usual range by the hour. */
  hasUsual: boolean;
  /** The rollups by meetings of units have a column of its name: questions that split and narrow by such read those. */
  isDrilled: boolean;
  /** Reports of levels tell its members apart. */
  hasLevels: boolean;
  /** Forecasts are made of these, where they exist on the day. */
  foreseen?: (catalogue: Listing) => readonly DimensionMember[];
  /** Its members may explain most of a difference of the whole. */
  explains: boolean;
}

const units = (of: Catalogue['agencies']): DimensionMember[] => of.map((unit) => ({ ...unit, code: unit.id }));
const agenciesOf = ({ agencies }: Listing): DimensionMember[] => units(agencies);
const provincesOf = ({ provinces }: Listing): DimensionMember[] => units(provinces);
const coded = (of: readonly { code: number; label: Label }[]): DimensionMember[] =>
  of.map(({ code, label }) => ({ code: String(code), label }));

const ENTRIES = {
  agency: {
    members: agenciesOf,
    foreseen: agenciesOf,
    wall: { name: 'agencies', holds: 'measures' },
    hasUsual: true,
    isDrilled: true,
    hasLevels: true,
    explains: false,
  },
  province: {
    members: provincesOf,
    foreseen: provincesOf,
    wall: { name: 'provinces', holds: 'measures' },
    hasUsual: true,
    isDrilled: true,
    hasLevels: true,
    explains: true,
  },
  service: {
    members: ({ services }) => services,
    foreseen: ({ services }) => services.filter(({ leading }) => leading),
    wall: { name: 'services', holds: 'measures' },
    hasUsual: false,
    isDrilled: true,
    hasLevels: true,
    explains: true,
  },
  /** Portals, by their CloudEvents `source`. */
  source: {
    members: ({ sources }) => sources.map(({ id, label }) => ({ code: id, label })),
    hasUsual: true,
    isDrilled: false,
    hasLevels: true,
    explains: false,
  },
  channel: {
    members: ({ channels }) => coded(channels),
    wall: { name: 'channels', holds: 'submitted' },
    hasUsual: false,
    isDrilled: false,
    hasLevels: false,
    explains: true,
  },
  status: {
    members: ({ statuses }) => coded(statuses),
    wall: { name: 'statuses', holds: 'reached' },
    hasUsual: false,
    isDrilled: false,
    hasLevels: false,
    explains: false,
  },
} as const satisfies Readonly<Record<string, DimensionEntry>>;

/** A column of `dim` in the rollups, beside `all` for the whole. */
export type Dimension = keyof typeof ENTRIES;
export const DIMENSIONS: Readonly<Record<Dimension, DimensionEntry>> = ENTRIES;

export const isDimension = (name: string): name is Dimension => Object.hasOwn(DIMENSIONS, name);

/** Those for which this holds, in the order of their entries. */
export const dimensionsThat = (hold: (entry: DimensionEntry) => boolean): Dimension[] =>
  (Object.keys(DIMENSIONS) as Dimension[]).filter((name) => hold(DIMENSIONS[name]));
export const DRILLED = dimensionsThat(({ isDrilled }) => isDrilled);
export const WITH_LEVELS = dimensionsThat(({ hasLevels }) => hasLevels);

/**
 * What the rollups call a member that is asked for by that name, or by the code that its unit owns on `today` (a local day);
 * undefined where there is none.
 */
export function memberAsked(
  dimension: Dimension,
  asked: string,
  catalogue: Listing,
  today: string,
): string | undefined {
  if (DIMENSIONS[dimension].members(catalogue).some(({ code }) => code === asked)) return asked;
  const units = dimension === 'agency' ? catalogue.agencies : dimension === 'province' ? catalogue.provinces : [];
  return units.find((unit) => unit.code === asked && validOn(unit, today))?.id;
}

type OnWall = { [D in Dimension]: (typeof ENTRIES)[D] extends { wall: infer Wall } ? Wall : never }[Dimension];
/** What a wall keeps of each dimension that it shows: by member, all measures or one count. */
export type MembersOnWall<Unit> = {
  [W in OnWall as W['name']]: Record<string, W['holds'] extends 'measures' ? Unit : number>;
};
