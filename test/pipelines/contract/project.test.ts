/** What a scope shows of a state: nothing of others beyond what the wall shows everybody, whatever the state and its patches are. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  apply,
  diff,
  type Episode,
  EVERYTHING,
  type Json,
  project,
  projectPatch,
  type Scope,
  scopeOf,
  type WallState,
} from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const AGENCIES = ['MOF', 'P-G05', 'MOH', 'P-G18', 'MPS'];
const PROVINCES = ['34-01', '34-25', '63-17', '63-25'];
const SERVICES = catalogue.services.slice(0, 12).map(({ code }) => code);
const SOURCES = catalogue.sources.slice(0, 6).map(({ id }) => id);

/** Each number of a state is another one, so that one that is found tells where it is from. */
let last = 10_000_000;
const unique = fc.constant(null).map(() => ++last);
const usual = fc.record({ low: unique, median: unique, high: unique, days: unique });
const sums = { submitted: unique, submittedOnline: unique, onTime: unique, late: unique };
const unit = fc.record({ ...sums, usual }, { requiredKeys: ['submitted', 'submittedOnline', 'onTime', 'late'] });
const by = <T>(codes: readonly string[], of: fc.Arbitrary<T>) => fc.dictionary(fc.constantFrom(...codes), of);
const member = fc.oneof(
  fc.record({ dim: fc.constant('agency' as const), code: fc.constantFrom(...AGENCIES) }),
  fc.record({ dim: fc.constant('province' as const), code: fc.constantFrom(...PROVINCES) }),
  fc.record({ dim: fc.constant('service' as const), code: fc.constantFrom(...SERVICES) }),
);
const episode: fc.Arbitrary<Episode> = fc
  .tuple(
    fc.oneof(member, fc.constant({ dim: 'all' as const, code: '' })),
    fc.record({ id: fc.string(), observed: unique, expected: unique, score: unique, onset: unique }),
    fc.array(
      fc.tuple(member, unique).map(([of, share]) => ({ ...of, share })),
      { maxLength: 3 },
    ),
  )
  .map(([of, facts, drivers]) => ({ ...of, ...facts, kind: 'drop', metric: 'late', drivers }));
const state: fc.Arbitrary<WallState> = fc.record(
  {
    period: fc.constant({ from: '2026-11-19', to: '2026-11-19' }),
    kind: fc.constant('now' as const),
    computedAt: unique,
    simulated: fc.boolean(),
    events: unique,
    total: fc.record(sums),
    hours: by(['1', '2'], unique),
    minutes: by(['1', '2'], unique),
    days: fc.constant({}),
    agencies: by(AGENCIES, unit),
    provinces: by(PROVINCES, unit),
    services: by(SERVICES, fc.record(sums)),
    channels: by(['1', '2'], unique),
    statuses: by(['1', '2'], unique),
    sources: by(
      SOURCES,
      fc.record({
        status: fc.constantFrom('reporting' as const, 'late' as const),
        weight: unique,
        reportedTo: unique,
        receivedAt: unique,
      }),
    ),
    lateChanges: fc.constant({}),
    pipeline: fc.record({ pending: unique }, { requiredKeys: [] }),
    usual,
    forecasts: fc.record({
      madeAt: unique,
      knownTo: unique,
      hours: by(['1', '2'], fc.record({ mean: unique, bands: fc.constant([]) })),
      projections: fc.constant({}),
      targets: fc.constant([]),
      episodes: fc.array(episode, { maxLength: 4 }),
    }),
  },
  {
    requiredKeys: [
      ...(['period', 'kind', 'computedAt', 'simulated', 'events', 'total', 'hours', 'minutes', 'days'] as const),
      ...(['agencies', 'provinces', 'services', 'channels', 'statuses', 'sources', 'lateChanges', 'pipeline'] as const),
    ],
  },
);
interface Granted {
  grant: { agencies: string[]; provinces: string[] };
  of: Scope;
}
const scope: fc.Arbitrary<Granted> = fc
  .record({ agencies: fc.subarray(AGENCIES), provinces: fc.subarray(PROVINCES) })
  .map((grant) => ({ grant, of: scopeOf(grant, catalogue) }));

/** Said by hand, apart from the code: whose is it? */
const BECAME: Record<string, string> = { 'P-G05': 'MOF', 'P-G18': 'MOH', '63-17': '34-25', '63-25': '34-25' };
const isOwn = ({ grant }: Granted, dim: string, code: string): boolean => {
  const has = (units: readonly string[], unit = ''): boolean =>
    units.some((granted) => granted === unit || granted === BECAME[unit] || BECAME[granted] === unit);
  if (dim === 'agency') return has(grant.agencies, code);
  if (dim === 'province') return has(grant.provinces, code);
  if (dim === 'service') return has(grant.agencies, catalogue.services.find((each) => each.code === code)?.agency);
  const portal = catalogue.sources.find(({ id }) => id === code)?.unit;
  return dim === 'source' && (has(grant.agencies, portal) || has(grant.provinces, portal));
};

const SHOWN: Record<string, readonly string[]> = {
  agency: ['submitted', 'onTime', 'late'],
  province: ['submitted', 'usual'],
  service: ['submitted'],
  source: ['status', 'reportedTo', 'weight'],
};
const MEMBERS = { agency: 'agencies', province: 'provinces', service: 'services', source: 'sources' } as const;

const numbersIn = (value: unknown): number[] => (JSON.stringify(value) ?? '').match(/\d{8,}/g)?.map(Number) ?? [];

/** Numbers of `whole` that a scope must not be shown. */
function hidden(whole: WallState, of: Granted): Set<number> {
  const found: number[] = [];
  for (const [dim, name] of Object.entries(MEMBERS))
    for (const [code, facts] of Object.entries(whole[name]))
      if (!isOwn(of, dim, code))
        for (const [field, value] of Object.entries(facts as object))
          if (!SHOWN[dim]?.includes(field)) found.push(...numbersIn(value));
  for (const each of whole.forecasts?.episodes ?? [])
    if (!isOwn(of, each.dim, each.code))
      for (const driver of each.drivers) if (!isOwn(of, driver.dim, driver.code)) found.push(driver.share);
  return new Set(found);
}

it('shows exactly what is not hidden: one’s own in full, of others what the wall shows everybody', () => {
  fc.assert(
    fc.property(state, scope, (whole, granted) => {
      const shown = new Set(numbersIn(project(whole, granted.of)));
      const secret = hidden(whole, granted);
      expect([...secret].filter((number) => shown.has(number))).toEqual([]);
      expect(numbersIn(whole).filter((number) => !secret.has(number) && !shown.has(number))).toEqual([]);
    }),
  );
});

it('patches of a projected state lead to the projection of the state, and hold nothing that is hidden', () => {
  fc.assert(
    fc.property(state, state, scope, (before, after, granted) => {
      const { of } = granted;
      const patch = diff(before, after) ?? {};
      const projected = projectPatch(patch, of);
      expect(apply(project(before, of), projected)).toEqual(project(after, of));
      const shown = new Set(numbersIn(projected));
      expect([...hidden(after, granted)].filter((number) => shown.has(number))).toEqual([]);
    }),
  );
});

it('whoever sees everything is sent what there is, as it is', () => {
  const [whole] = fc.sample(state, 1);
  if (whole === undefined) throw new Error('no state');
  expect(project(whole, EVERYTHING)).toBe(whole);
  const patch = { total: { submitted: 1 } };
  expect(projectPatch(patch, EVERYTHING)).toBe(patch);
});

it('what nobody has decided about is shown to nobody', () => {
  const [whole] = fc.sample(state, 1);
  const nobody = scopeOf({ agencies: [], provinces: [] }, catalogue);
  const later = { ...whole, secret: 1, agencies: 'all of them', forecasts: { madeAt: 1, plans: [2] } };
  const shown = project(later as unknown as WallState, nobody) as unknown as Record<string, Json>;
  expect([shown['secret'], shown['agencies'], shown['forecasts']]).toEqual([undefined, undefined, { madeAt: 1 }]);
  const proto = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1, "toString": 2, "hours": {"1": 3}}') as Json;
  expect(projectPatch(proto, nobody)).toEqual({ hours: { 1: 3 } });
});
