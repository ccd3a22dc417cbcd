/** Who owns which unit, over time: by dates that somebody else added up. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { EVERYTHING, owns, type Scope, scopeGrantSchema, scopeOf } from '@room/contract';
import { expect, it } from 'vitest';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const codes = ({ own = {} }: Scope, dim: 'agency' | 'province' | 'service' | 'source'): string[] =>
  [...(own[dim] ?? [])].sort();
const agencies = (...ids: string[]): Scope => scopeOf({ agencies: ids, provinces: [] }, catalogue);
const provinces = (...ids: string[]): Scope => scopeOf({ agencies: [], provinces: ids }, catalogue);

it('a ministry owns what it took over from others, its services and its portals', () => {
  const scope = agencies('MOF');
  expect(codes(scope, 'agency')).toEqual(['MOF', 'P-G05', 'P-G12']);
  expect(codes(scope, 'service')).toEqual(
    catalogue.services
      .filter(({ agency }) => agency === 'MOF')
      .map(({ code }) => code)
      .sort(),
  );
  expect([codes(scope, 'province'), codes(scope, 'source')]).toEqual([
    [],
    catalogue.sources.filter(({ unit }) => unit === 'MOF').map(({ id }) => id),
  ]);
});

it('a unit that is no more goes on as its successor, without what else came into it', () => {
  expect(codes(agencies('P-G12'), 'agency')).toEqual(['MOF', 'P-G12']);
  expect(codes(provinces('63-17'), 'province')).toEqual(['34-25', '63-17']);
});

it('a province owns the three that became it, and its portal', () => {
  const scope = provinces('34-25');
  expect(codes(scope, 'province')).toEqual(['34-25', '63-17', '63-25', '63-26']);
  expect(codes(scope, 'source')).toEqual(['urn:portal:province:25']);
  expect([owns(scope, 'province', '34-01'), owns(scope, 'agency', 'MPS'), owns(scope, 'service', 'DV01')]).toEqual([
    false,
    false,
    false,
  ]);
});

it('chains and circles of successors end', () => {
  const unit = (id: string, ...successors: string[]) => ({ id, code: id, label: { vi: id, en: id }, successors });
  const agencies = [unit('A', 'B'), unit('B', 'C'), unit('C', 'A'), unit('D')];
  const made = { ...catalogue, agencies, links: [] };
  expect(codes(scopeOf({ agencies: ['B'], provinces: [] }, made), 'agency')).toEqual(['A', 'B', 'C']);
});

it('whoever was given nothing owns nothing; the whole country belongs to those who see everything', () => {
  const nothing = scopeOf({ agencies: [], provinces: [] }, catalogue);
  expect([
    owns(nothing, 'agency', 'MOF'),
    owns(nothing, 'all', ''),
    owns(agencies('MOF'), 'all', ''),
    owns(agencies('MOF'), 'channel', '2'),
    owns(EVERYTHING, 'all', ''),
    owns(scopeOf('all', catalogue), 'agency', 'MOF'),
  ]).toEqual([false, false, false, false, true, true]);
});

it('equal scopes have one key, and a unit that there is not is refused', () => {
  expect(agencies('MOF', 'MOH').key).toBe(agencies('MOH', 'MOF', 'MOH').key);
  expect(new Set([agencies('MOF').key, agencies('MOH').key, provinces('34-01').key, EVERYTHING.key]).size).toBe(4);
  expect(() => agencies('34-01')).toThrow('the catalogue has no agency 34-01');
  expect(scopeGrantSchema.safeParse({ agencies: [], provinces: [], services: ['DV01'] }).success).toBe(false);
});
