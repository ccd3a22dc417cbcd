/** The portals' world: who reports what about whom, how often, in which words. Pure and seeded. */
import { BACKLOG_REPORTED, type Catalogue, SUBMISSION_COUNTED, validOn } from '@room/contract';
import { fixed } from './random.ts';
import type { Priors } from './rate.ts';

/** An event as it goes over the wire. */
export interface SimEvent {
  source: string;
  id: string;
  /** The id of the event it corrects, or its own. */
  rootId: string;
  json: string;
}

/** One kind of dossier at one portal. */
export interface Cell {
  source: string;
  agency: string;
  service: string;
  share: number;
  /** Probability that it is finished on time. */
  onTime: number;
  head: string;
  codes: string;
}

interface Reporting {
  cell: Cell;
  /** Its code; absent where the level is of the whole. */
  province: string | undefined;
  share: number;
}

export interface SimProvince {
  id: string;
  share: number;
  cells: readonly Cell[];
  /** Running sums of the cells' shares. */
  sums: Float64Array;
}

export interface Step {
  status: number;
  /** The portal says with it whether the dossier was on time. */
  judged: boolean;
  /** After this share of the processing time. */
  delay: number;
}

export interface World {
  catalogue: Catalogue;
  seed: number;
  provinces: readonly SimProvince[];
  provinceSums: Float64Array;
  entry: number;
  paths: readonly { share: number; steps: readonly Step[] }[];
  /** Dossiers that ever reach a later status, per dossier submitted. */
  reached: readonly (Step & { share: number })[];
  processingDays: number;
  /** What each portal says zero about while nothing happens. */
  idle: ReadonlyMap<string, Cell>;
  /** One cell for each leading service in each province, and each other service, to report its backlog; `perDay` is its share of all dossiers. */
  backlogs: readonly Reporting[];
}

export function worldOf(catalogue: Catalogue, priors: Priors, seed: number, today: string): World {
  const provinceUnits = catalogue.provinces.filter((unit) => validOn(unit, today));
  const agencies = new Map(catalogue.agencies.filter((unit) => validOn(unit, today)).map((unit) => [unit.id, unit]));
  const services = catalogue.services.filter((service) => validOn(service, today) && agencies.has(service.agency));
  const serviceShare = serviceShares(
    services.map((service) => service.code),
    priors,
  );
  const provinceShare = sharesOf(
    provinceUnits.map((unit) => unit.code),
    priors.provinceWeights?.weights,
  );
  const onTimeOf = new Map([...agencies.keys()].map((id) => [id, onTimeShare(id, priors, seed)]));
  const idle = new Map<string, Cell>();
  const heaviest = new Map<string, Reporting>();

  const provinces = provinceUnits.map((unit, at): SimProvince => {
    const channels = channelShares(catalogue, priors, `${seed}|${unit.id}`);
    const share = provinceShare[at] ?? 0;
    const cells: Cell[] = [];
    services.forEach((service, index) => {
      const agency = agencies.get(service.agency);
      if (agency === undefined) return;
      const reporting = service.leading ? `${service.code} ${unit.code}` : service.code;
      for (const [channel, channelShare] of channels) {
        if (channelShare === 0) continue;
        for (const [source, sourceShare] of sourceShares(catalogue, priors, unit.id, agency.id)) {
          const cell: Cell = {
            source,
            agency: agency.code,
            service: service.code,
            share: (serviceShare[index] ?? 0) * channelShare * sourceShare,
            onTime: onTimeOf.get(agency.id) ?? 1,
            head: headOf(source),
            codes: `"procedure":${JSON.stringify(service.code)},"agency":${JSON.stringify(agency.code)},"province":${JSON.stringify(unit.code)},"channel":${channel}`,
          };
          cells.push(cell);
          if (!idle.has(source)) idle.set(source, cell);
          const known = heaviest.get(reporting);
          const ownPortal = catalogue.sources.some((portal) => portal.id === source && portal.unit === agency.id);
          heaviest.set(reporting, {
            cell: known === undefined || ownPortal ? cell : known.cell,
            province: service.leading ? unit.code : undefined,
            share: (known?.share ?? 0) + share * cell.share,
          });
        }
      }
    });
    return { id: unit.id, share, cells, sums: runningSums(cells.map((cell) => cell.share)) };
  });
  const { paths, reached } = pathsOf(catalogue, priors);
  return {
    catalogue,
    seed,
    provinces,
    provinceSums: runningSums(provinces.map((province) => province.share)),
    entry: catalogue.statuses.find((status) => status.entry)?.code ?? 1,
    paths,
    reached,
    processingDays: priors.processingDays?.all ?? 4,
    idle,
    backlogs: [...heaviest.values()],
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const scaled = (values: readonly number[], to = 1): number[] => {
  const total = sum(values);
  return values.map((value) => (total === 0 ? to / values.length : (value * to) / total));
};

const sharesOf = (codes: readonly string[], weights: Record<string, number> | undefined): number[] => {
  const known = codes.map((code) => weights?.[code]);
  const listed = known.filter((weight) => weight !== undefined);
  const average = listed.length === 0 ? 1 : sum(listed) / listed.length;
  return scaled(known.map((weight) => weight ?? average));
};

/** Listed services by weight under a cap, the others evenly in what is left. */
function serviceShares(codes: readonly string[], priors: Priors): number[] {
  const mix = priors.serviceMix;
  const isListed = (code: string): boolean => mix?.weights[code] !== undefined;
  const listed = codes.filter(isListed).length;
  if (mix === undefined || listed === 0) return codes.map(() => 1 / codes.length);
  const others = codes.length - listed;
  const forListed = others === 0 ? 1 : 1 - mix.otherShare.value;
  let shares = scaled(
    codes.map((code) => mix.weights[code] ?? 0),
    forListed,
  );
  const cap = Math.max(mix.cap.value, forListed / listed);
  const capped = new Set<number>();
  for (;;) {
    const over = shares.findIndex((share, at) => !capped.has(at) && share > cap + 1e-9);
    if (over < 0) break;
    capped.add(over);
    const free = scaled(
      shares.map((share, at) => (capped.has(at) ? 0 : share)),
      forListed - capped.size * cap,
    );
    shares = shares.map((_, at) => (capped.has(at) ? cap : (free[at] ?? 0)));
  }
  return codes.map((code, at) => (isListed(code) ? (shares[at] ?? 0) : (1 - forListed) / others));
}

function channelShares(catalogue: Catalogue, priors: Priors, place: string): [number, number][] {
  const { channels } = catalogue;
  const prior = priors.channelShare;
  const online = channels.filter((channel) => channel.online);
  const offline = channels.filter((channel) => !channel.online);
  if (prior === undefined || online.length === 0 || offline.length === 0)
    return channels.map((channel) => [channel.code, 1 / channels.length]);
  const [least = 0, most = 1] = prior.perProvinceRange;
  const { inPerson, post } = prior.mid2025;
  const share = Math.min(most, Math.max(least, prior.mid2025.online + 0.4 * (fixed(`${place}|online`) - 0.5)));
  const offlineShares = scaled(
    offline.map((_, at) => (at === 0 ? inPerson : at === 1 ? post : 0)),
    1 - share,
  );
  return [
    ...online.map((channel): [number, number] => [channel.code, share / online.length]),
    ...offline.map((channel, at): [number, number] => [channel.code, offlineShares[at] ?? 0]),
  ];
}

/** Through which portals dossiers of a province and an agency come. */
function sourceShares(catalogue: Catalogue, priors: Priors, province: string, agency: string): [string, number][] {
  const prior = priors.sourceShare ?? { province: 1, national: 1, agency: 1 };
  const rows = catalogue.sources.flatMap((source): [string, number][] => {
    if (source.unit === undefined) return [[source.id, prior.national]];
    if (source.unit === province) return [[source.id, prior.province]];
    return source.unit === agency ? [[source.id, prior.agency]] : [];
  });
  const all = rows.length > 0 ? rows : catalogue.sources.map((source): [string, number] => [source.id, 1]);
  const shares = scaled(all.map(([, share]) => share));
  return all.map(([source], at) => [source, shares[at] ?? 0]);
}

function onTimeShare(agency: string, priors: Priors, seed: number): number {
  const prior = priors.onTime;
  if (prior === undefined) return 0.9;
  const known = prior.byAgency?.[agency];
  return typeof known === 'number' ? known : prior.national + 0.06 * (fixed(`${seed}|${agency}|onTime`) - 0.4);
}

function pathsOf(catalogue: Catalogue, priors: Priors): Pick<World, 'paths' | 'reached'> {
  const finishing = catalogue.statuses.filter((status) => status.finishes).slice(0, 1);
  const prior = priors.statusPaths ?? { paths: [{ codes: finishing.map((status) => status.code) }], delay: {} };
  const stepOf = (code: number): Step[] => {
    const status = catalogue.statuses.find((known) => known.code === code);
    if (status === undefined) return [];
    const delay = prior.delay[code] ?? 1;
    return [{ status: code, delay, judged: status.finishes && delay === 1 }];
  };
  const given = sum(prior.paths.map((path) => path.share ?? 0));
  const paths = prior.paths.map((path) => ({ share: path.share ?? 1 - given, steps: path.codes.flatMap(stepOf) }));
  const reached = new Map<number, Step & { share: number }>();
  for (const path of paths)
    for (const step of path.steps)
      reached.set(step.status, { ...step, share: (reached.get(step.status)?.share ?? 0) + path.share });
  return { paths, reached: [...reached.values()] };
}

function runningSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length);
  let total = 0;
  values.forEach((value, at) => {
    total += value;
    sums[at] = total;
  });
  return sums;
}

/** Index of the value whose stretch of the running sums holds `share` (0..1) of their total. */
export function pick(sums: Float64Array, share: number): number {
  const wanted = share * (sums[sums.length - 1] ?? 0);
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

const headOf = (source: string): string =>
  `{"specversion":"1.0","simulated":true,"source":${JSON.stringify(source)},"type":`;

export interface Counted {
  id: string;
  status: number;
  onTime?: boolean;
  count: number;
  /** `"occurredAt":…` or `"interval":…` as JSON text. */
  time: string;
  corrects?: string;
}

/** Ids and times are written by this generator and need no escaping: text is put together, for speed. */
export function countedEvent(cell: Cell, counted: Counted): SimEvent {
  const onTime = counted.onTime === undefined ? '' : `,"onTime":${counted.onTime}`;
  const corrects = counted.corrects === undefined ? '' : `,"corrects":"${counted.corrects}"`;
  return {
    source: cell.source,
    id: counted.id,
    rootId: counted.corrects ?? counted.id,
    json: `${cell.head}"${SUBMISSION_COUNTED}","id":"${counted.id}","data":{${cell.codes},"status":${counted.status}${onTime},"count":${counted.count},${counted.time}${corrects}}}`,
  };
}

export const instantText = (at: number): string => `"occurredAt":"${new Date(at).toISOString()}"`;
export const intervalText = (from: number, to: number): string =>
  `"interval":{"start":"${new Date(from).toISOString()}","end":"${new Date(to).toISOString()}"}`;

/** Open and overdue dossiers of each service at an instant, of those that lead in each province: their part of the country's `inProcess`. */
export function backlogEvents(world: World, inProcess: number, at: number): SimEvent[] {
  const hour = Math.floor(at / 3_600_000);
  return world.backlogs.map(({ cell, province, share }) => {
    const name = `${world.seed}|backlog|${cell.service}|${province}`;
    const level = (0.85 + 0.3 * fixed(name)) * (0.99 + 0.02 * fixed(`${name}|${hour}`));
    const open = Math.round(inProcess * share * level);
    const overdue = Math.round(open * (1 - cell.onTime) * 0.5);
    const of = province === undefined ? '' : `,"province":"${province}"`;
    const id = `q-${at}-${cell.service}${province === undefined ? '' : `-${province}`}`;
    return {
      source: cell.source,
      id,
      rootId: id,
      json: `${cell.head}"${BACKLOG_REPORTED}","id":"${id}","data":{"procedure":"${cell.service}","agency":"${cell.agency}"${of},"at":"${new Date(at).toISOString()}","open":${open},"overdue":${overdue}}}`,
    };
  });
}
