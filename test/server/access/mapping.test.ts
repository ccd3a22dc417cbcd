import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { expect, it } from 'vitest';
import { assertUnits, grantOf, type Mapping, readMapping } from '../../../server/src/access/mapping.ts';
import { tempDir } from '../../harness/temp.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const OPERATIONS = new URL('../../../server/OPERATIONS.md', import.meta.url);

async function readFrom(text: string): Promise<Mapping> {
  await using folder = await tempDir('mapping');
  const file = join(folder.path, 'mapping.json');
  await writeFile(file, text);
  return readMapping(file);
}
const MAPPING: Mapping = [
  { when: { groups: 'leaders' }, rights: ['view'], scope: 'all' },
  { when: { groups: ['health', 'doctors'] }, rights: ['answer'], scope: { agencies: ['MOH'], provinces: [] } },
  {
    when: { 'realm_access.roles': 'unit', isOfficial: 'true' },
    rights: ['view'],
    scope: { agencies: { claim: 'unit' }, provinces: { claim: 'address.region' } },
  },
  { when: { 'https://id.example.org/groups': 'x' }, rights: [], scope: { agencies: [], provinces: [] } },
];

it.each([
  [{ groups: ['leaders', 'health'] }, { rights: ['view'], scope: 'all' }],
  [{ groups: 'doctors' }, { rights: ['answer'], scope: { agencies: ['MOH'], provinces: [] } }],
  [{ 'https://id.example.org/groups': ['x'] }, { rights: [], scope: { agencies: [], provinces: [] } }],
  [
    { realm_access: { roles: ['unit'] }, isOfficial: true, unit: ['MOH', 'NOPE', 'MOH'], address: { region: '01' } },
    { rights: ['view'], scope: { agencies: ['MOH'], provinces: ['34-01'] } },
  ],
  [
    { realm_access: { roles: ['unit'] }, isOfficial: true, unit: { MOH: 1 }, address: 'none' },
    { rights: ['view'], scope: { agencies: [], provinces: [] } },
  ],
])('of %j the first rule that fits decides', (claims, grant) => {
  expect(grantOf(MAPPING, claims, catalogue)).toEqual(grant);
});

it.each<Record<string, unknown>>([
  {},
  { groups: ['Leaders', 'leader', ''] },
  { groups: null },
  { groups: { leaders: true } },
  { realm_access: { roles: ['unit'] } },
  { realm_access: { roles: ['unit'] }, isOfficial: 'yes' },
  { constructor: 'leaders' },
])('%j is worth nothing', (claims) => {
  expect(grantOf(MAPPING, claims, catalogue)).toBeUndefined();
});

it('names of what every object has are no claims', () => {
  const inherited: Mapping = [{ when: { 'constructor.name': 'Object' }, rights: ['administer'], scope: 'all' }];
  expect(grantOf(inherited, {}, catalogue)).toBeUndefined();
});

it.each([
  ['no JSON', /cannot be read .* write the rules there as JSON/],
  ['{}', /expected array/],
  ['[]', /write one rule at least/],
  ['[{ "when": {}, "rights": [], "scope": "all" }]', /0\.when: name a claim at least/],
  ['[{ "when": { "a": "b" }, "rights": ["fly"], "scope": "all" }]', /0\.rights\.0/],
  ['[{ "when": { "a": "b" }, "rights": [], "scope": "some" }]', /0\.scope/],
  ['[{ "when": { "a": "b" }, "rights": [], "scope": "all", "extra": 1 }]', /extra/],
])('%s is refused, and the reason names what is wrong', async (text, reason) => {
  await expect(readFrom(text)).rejects.toThrow(reason);
  await expect(readFrom(text)).rejects.toThrow(/^OIDC_MAPPING is .*mapping\.json/);
});

it('a unit that the catalogue does not have is refused', () => {
  expect(() =>
    assertUnits([{ when: { a: 'b' }, rights: [], scope: { agencies: ['NOPE'], provinces: [] } }], catalogue),
  ).toThrow(/OIDC_MAPPING: 0\.scope: the catalogue has no agency NOPE/);
});

it('the rules that OPERATIONS.md prints are good', async () => {
  const [, printed = ''] = /OIDC_MAPPING[\s\S]*?```json\n([\s\S]*?)```/.exec(await readFile(OPERATIONS, 'utf8')) ?? [];
  const mapping = await readFrom(printed);
  assertUnits(mapping, catalogue);
  expect(mapping).toHaveLength(4);
});
