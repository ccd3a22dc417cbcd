/**
 * Reads a catalogue folder: `catalogue.json`, `thresholds.json` where its thresholds stand apart, `rules.json` where it
 * brings rules to begin with, `indicators.json` where it brings indicators, `index.json` where its units are scored,
 * `essential.json` where services were decided to be online first, and `map.geojson` with `insets.geojson` where it has a map,
 * beside which `map-2025-06-30.geojson` is that of the units until that day.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Catalogue,
  catalogueSchema,
  ESSENTIAL,
  type EssentialServices,
  essentialGroup,
  essentialServicesSchema,
  type Indicator,
  indicatorsSchema,
  linksOf,
  type Rule,
  rulesSchema,
  type ServiceIndex,
  scoringOf,
  serviceIndexSchema,
  thresholdsSchema,
  type Unit,
  unknownInEssential,
  unknownInIndicator,
  unknownInRule,
} from '@room/contract';

/** The catalogue used where the deployment names none. */
export const DEFAULT_CATALOGUE = fileURLToPath(new URL('../viet-nam', import.meta.url));

export interface LoadedCatalogue {
  catalogue: Catalogue;
  /** Changes whenever a decision about an event could change. */
  hash: string;
  /** By id, those that a new room begins with. */
  rules: Readonly<Record<string, Rule>>;
  /** By which the units' service is scored, where there is one. */
  index?: ServiceIndex;
  /** What was decided to be online first, where that is known. */
  essential?: EssentialServices;
  /** The same of what was decided to be reached. */
  indicators: Readonly<Record<string, Indicator>>;
  /** GeoJSON texts, served as they are. */
  map?: string;
  insets?: string;
  /** The same of earlier units, by the last local day on which they were. */
  earlierMaps: Readonly<Record<string, string>>;
}

/** Loads and checks `folder`; an error names the file and the field. */
export async function loadCatalogue(folder: string): Promise<LoadedCatalogue> {
  const file = join(folder, 'catalogue.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`CATALOGUE: cannot read ${file}; name a folder that holds a catalogue.json`, { cause });
  });
  const own = await thresholdsIn(folder);
  // Groups and scoring are those of the files beside it: a catalogue that a room told may have other ones.
  const { groups: _told, scoring: _scored, ...found } = checked(catalogueSchema, text, file);
  const plain: Catalogue = own === undefined ? found : { ...found, thresholds: own };
  checkUnits(file, plain);
  const indexText = await textIn(join(folder, 'index.json'));
  const index =
    indexText === undefined ? undefined : checked(serviceIndexSchema, indexText, join(folder, 'index.json'));
  const scoring = index && scoringOf(index);
  const essential = await essentialIn(folder, plain);
  const catalogue: Catalogue = {
    ...plain,
    ...(essential === undefined ? {} : { groups: [essentialGroup(essential)] }),
    ...(scoring === undefined ? {} : { scoring }),
  };
  const loaded: LoadedCatalogue = {
    catalogue,
    rules: await begun(folder, 'rules.json', rulesSchema, (rule) => unknownInRule(rule, catalogue)),
    indicators: await begun(folder, 'indicators.json', indicatorsSchema, (each) => unknownInIndicator(each, catalogue)),
    ...(index === undefined ? {} : { index }),
    ...(essential === undefined ? {} : { essential }),
    earlierMaps: catalogue.map === undefined ? {} : await earlierMapsIn(folder),
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
  };
  if (catalogue.map === undefined) return loaded;
  return {
    ...loaded,
    map: await readFile(join(folder, 'map.geojson'), 'utf8'),
    insets: await readFile(join(folder, 'insets.geojson'), 'utf8'),
  };
}

const EARLIER_MAP = /^map-(\d{4}-\d{2}-\d{2})\.geojson$/;
async function earlierMapsIn(folder: string): Promise<Record<string, string>> {
  const days = (await readdir(folder)).flatMap((name) => EARLIER_MAP.exec(name)?.[1] ?? []);
  return Object.fromEntries(
    await Promise.all(days.map(async (day) => [day, await readFile(join(folder, `map-${day}.geojson`), 'utf8')])),
  );
}

/** They stand apart where they are to be changed without care: no event is decided by them, and the hash does not hold them. */
async function thresholdsIn(folder: string): Promise<Catalogue['thresholds'] | undefined> {
  const file = join(folder, 'thresholds.json');
  const text = await textIn(file);
  return text === undefined ? undefined : checked(thresholdsSchema, text, file);
}

async function essentialIn(folder: string, catalogue: Catalogue): Promise<EssentialServices | undefined> {
  const file = join(folder, 'essential.json');
  const text = await textIn(file);
  if (text === undefined) return undefined;
  const found = checked(essentialServicesSchema, text, file);
  const unknown = unknownInEssential(found, catalogue);
  if (unknown !== undefined) throw new Error(`CATALOGUE: ${file}: ${unknown}`);
  if (catalogue.services.some(({ code }) => code === ESSENTIAL))
    throw new Error(`CATALOGUE: ${file}: a service has the code ${ESSENTIAL}, which names all of this list: rename it`);
  return found;
}

/** Documents are the room's own once it has them: what stands here is what it begins with. */
async function begun<T>(
  folder: string,
  name: string,
  schema: Schema<Record<string, T>>,
  unknownIn: (each: T) => string | undefined,
): Promise<Record<string, T>> {
  const file = join(folder, name);
  const text = await textIn(file);
  if (text === undefined) return {};
  const all = checked(schema, text, file);
  for (const [id, each] of Object.entries(all)) {
    const unknown = unknownIn(each);
    if (unknown !== undefined) throw new Error(`${file}: ${id}.${unknown}`);
  }
  return all;
}

/** Undefined where there is no such file. */
const textIn = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Error(`CATALOGUE: cannot read ${file}`, { cause });
  });

interface Schema<T> {
  safeParse: (
    json: unknown,
  ) =>
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

function checked<T>(schema: Schema<T>, text: string, file: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new Error(`${file}: ${first?.path.join('.') || 'top level'}: ${first?.message ?? 'not understood'}`);
}

/** A code must have one owner on any day, and a unit one id for ever. */
function checkUnits(file: string, catalogue: Catalogue): void {
  const kinds: readonly (readonly [string, readonly Pick<Unit, 'id' | 'code' | 'validFrom' | 'validTo'>[]])[] = [
    ['agencies', catalogue.agencies],
    ['provinces', catalogue.provinces],
    ['telecoms', catalogue.telecoms],
    ['databases', catalogue.databases],
  ];
  for (const [kind, units] of kinds) {
    const ids = new Set<string>();
    for (const unit of units) {
      if (ids.has(unit.id)) throw new Error(`${file}: ${kind}: id ${unit.id} stands twice`);
      ids.add(unit.id);
      const rival = units.find(
        (other) =>
          other !== unit &&
          other.code === unit.code &&
          (other.validFrom ?? '') <= (unit.validTo ?? '9999') &&
          (unit.validFrom ?? '') <= (other.validTo ?? '9999'),
      );
      if (rival !== undefined)
        throw new Error(`${file}: ${kind}: code ${unit.code} belongs to ${unit.id} and ${rival.id} at the same time`);
    }
  }
  checkReferences(file, catalogue);
}

/** Every id named in the catalogue stands in it, and its time zone exists. */
function checkReferences(file: string, catalogue: Catalogue): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: catalogue.timeZone });
  } catch (cause) {
    throw new Error(`${file}: timeZone: ${catalogue.timeZone} is not a time zone, write for example Asia/Ho_Chi_Minh`, {
      cause,
    });
  }
  const units = [...catalogue.agencies, ...catalogue.provinces];
  const ids = new Set(units.map((unit) => unit.id));
  const named = [
    ...units.map((unit) => ['units', unit.id, unit.successors ?? []] as const),
    ...catalogue.sources.map(
      (source) => ['sources', source.id, source.unit === undefined ? [] : [source.unit]] as const,
    ),
    ...catalogue.databases.map((database) => ['databases', database.id, [database.agency]] as const),
    ...(catalogue.map?.insets ?? []).map((inset) => ['insets', inset.id, [inset.unit]] as const),
  ];
  for (const [kind, id, references] of named)
    for (const unit of references)
      if (!ids.has(unit)) throw new Error(`${file}: ${kind}: ${id} names the unknown unit ${unit}`);
  for (const service of catalogue.services)
    if (!catalogue.agencies.some((agency) => agency.id === service.agency))
      throw new Error(`${file}: services: ${service.code} names the unknown agency ${service.agency}`);
  try {
    linksOf(catalogue);
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}
