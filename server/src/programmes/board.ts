/** The board of essential services: what is counted of each, beside what its ministry says of it. Pure. */
import {
  type AnswerRow,
  type BoardService,
  type BoardSums,
  type Deployment,
  type EssentialServices,
  owns,
  type Scope,
  type ServiceCounts,
  type ServicesBoard,
  type ServiceUse,
  useOf,
  type Values,
} from '@room/contract';

export interface Counted {
  /** By service and province. */
  rows: readonly Pick<AnswerRow, 'key' | 'now' | 'before'>[];
  /** Absent where nothing at all was reported of the period. */
  coverage?: number;
}

export interface Reported extends Deployment {
  version: number;
  who: string;
  at: number;
}

export interface BoardGround {
  essential: EssentialServices;
  counted: Counted;
  /** By service. */
  reported: ReadonlyMap<string, Reported>;
  scope: Scope;
  mayAnswer: boolean;
  agency?: string | undefined;
}

const NONE: ServiceCounts = { submitted: 0, submittedOnline: 0, onTime: 0, late: 0 };

/** Services of somebody: a ministry's own, and all where provinces are theirs. */
export const isServiceSeen = (agencies: readonly string[], scope: Scope): boolean =>
  agencies.some((agency) => owns(scope, 'agency', agency)) || (scope.own?.province?.size ?? 0) > 0;

export function boardOf(ground: BoardGround): Pick<ServicesBoard, 'all' | 'services' | 'byAgency' | 'byProvince'> {
  const { essential, counted, reported, scope, mayAnswer, agency } = ground;
  const services = Object.entries(essential.services)
    .filter(([, { agencies }]) => isServiceSeen(agencies, scope) && (agency === undefined || agencies.includes(agency)))
    .map(([id, { label, list, agencies, counted: code }]): BoardService => {
      const own = counted.rows.filter(({ key: [service] }) => code !== undefined && service === code);
      const now = sumOf(own.map((row) => row.now));
      const before = sumOf(own.map((row) => row.before));
      const deployed = reported.get(id);
      const use = code === undefined ? 'unmeasured' : useOf(now.submitted, counted.coverage);
      return {
        id,
        label,
        list,
        agencies,
        ...(code === undefined ? {} : { counted: code }),
        use,
        ...(use === 'used' || use === 'unused' ? { now, before } : {}),
        ...(deployed === undefined ? {} : { deployed }),
        mayReport: mayAnswer && agencies.some((each) => owns(scope, 'agency', each)),
      };
    });
  const { code: _, ...all } = sumsOf('', services);
  return {
    all,
    services: services.sort(byUse),
    byAgency: [...new Set(services.flatMap(({ agencies }) => agencies))]
      .filter((code) => agency === undefined || code === agency)
      .map((code) =>
        sumsOf(
          code,
          services.filter(({ agencies }) => agencies.includes(code)),
        ),
      )
      .sort((one, other) => other.counts.submitted - one.counts.submitted || (one.code < other.code ? -1 : 1)),
    byProvince: provincesOf(services, counted),
  };
}

const sumOf = (all: readonly (Values | undefined)[]): ServiceCounts =>
  all.reduce<ServiceCounts>(
    (sum, { submitted = 0, submittedOnline = 0, onTime = 0, late = 0 } = {}) => ({
      submitted: sum.submitted + submitted,
      submittedOnline: sum.submittedOnline + submittedOnline,
      onTime: sum.onTime + onTime,
      late: sum.late + late,
    }),
    NONE,
  );

function sumsOf(code: string, services: readonly BoardService[]): BoardSums {
  const n = (is: (service: BoardService) => boolean): number => services.filter(is).length;
  return {
    code,
    services: services.length,
    deployed: n(({ deployed }) => deployed?.isDeployed === true),
    notDeployed: n(({ deployed }) => deployed?.isDeployed === false),
    used: n(({ use }) => use === 'used'),
    unused: n(({ use }) => use === 'unused'),
    unknown: n(({ use }) => use === 'unknown'),
    unmeasured: n(({ use }) => use === 'unmeasured'),
    untold: n(({ deployed }) => deployed === undefined),
    // Two entries may be counted by one code: what is counted by it counts once.
    counts: sumOf([...new Map(services.map((service) => [service.counted ?? service.id, service.now])).values()]),
  };
}

/** Reports that are missing may be a province's own: of one only where none is missing it is told what nobody used there. */
const ALL_REPORTED = 0.9995;

function provincesOf(services: readonly BoardService[], { rows, coverage = 0 }: Counted): ServicesBoard['byProvince'] {
  const codes = new Set(services.flatMap(({ counted }) => counted ?? []));
  const unusedAnywhere = services.filter(({ use }) => use === 'used' || use === 'unused').length;
  const provinces = new Map<string, (Values | undefined)[]>();
  for (const { key, now } of rows) {
    const [service = '', province = ''] = key;
    if (province !== '' && codes.has(service)) provinces.set(province, [...(provinces.get(province) ?? []), now]);
  }
  return [...provinces]
    .map(([code, own]) => {
      const used = own.filter((values) => (values?.submitted ?? 0) > 0).length;
      const unused = coverage < ALL_REPORTED ? {} : { unused: Math.max(0, unusedAnywhere - used) };
      return { code, used, ...unused, counts: sumOf(own) };
    })
    .sort((one, other) => other.counts.submitted - one.counts.submitted || (one.code < other.code ? -1 : 1));
}

const RANK: Readonly<Record<ServiceUse, number>> = { unused: 0, unknown: 1, used: 2, unmeasured: 3 };
/** What nobody uses first. */
const byUse = (one: BoardService, other: BoardService): number =>
  RANK[one.use] - RANK[other.use] ||
  (other.now?.submitted ?? 0) - (one.now?.submitted ?? 0) ||
  (one.id < other.id ? -1 : 1);
