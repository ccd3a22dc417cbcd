/** What a wall says of national databases: who keeps each, what fails of what passes now, and up to when it was reported. */
import type { Catalogue, LinkStanding, LinkState } from '@room/contract';
import { expect, it } from 'vitest';
import { alerts } from '../../../web/src/i18n/alerts.ts';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { links as linkWords } from '../../../web/src/i18n/links.ts';
import { markOf } from '../../../web/src/messages/alerts.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { LINK_WORDS } from '../../../web/src/messages/links.ts';
import { databaseRows, hasSilent, wantingIn } from '../../../web/src/scenes/database-rows.ts';
import { NOW, catalogue as small } from '../room.ts';

addMessages(alerts);
addMessages(linkWords);
const label = (name: string) => ({ vi: name, en: name });
const unit = (id: string) => ({ id, code: id, label: label(`Ministry ${id}`) });
const database = (id: string, agency: string) => ({
  id,
  code: id,
  label: label(id),
  agency,
  source: label('a decree'),
});
const PARTIES = ['A', 'B', 'C', 'D'];
const catalogue: Catalogue = {
  ...small,
  agencies: PARTIES.map(unit),
  provinces: [],
  sources: PARTIES.map((id) => ({ id: `urn:${id}`, label: label(id), unit: id, lateAfter: 30, silentAfter: 60 })),
  databases: [database('people', 'A'), database('land', 'GONE')],
  links: ['people', 'land'].map((id) => ({
    database: id,
    agencies: PARTIES,
    provinces: [],
    telecoms: [],
    silentAfter: 60,
  })),
};
const speech = speechIn('en', catalogue);
const MINUTE = 60_000;

const link = (
  of: string,
  party: string,
  state: LinkState,
  { ago = 1, requests = 1_000, failed = 0 } = {},
): LinkStanding => ({
  id: `${of}.${party}`,
  database: of,
  dim: 'agency',
  party,
  state,
  silentAfter: 60,
  ...(state === 'unknown'
    ? {}
    : {
        reportedTo: NOW - ago * MINUTE,
        judged: { from: NOW - 60 * MINUTE, to: NOW - ago * MINUTE, requests, failed },
      }),
  reported: 1,
  replaced: 0,
});
const at = (ago: number): string => speech.format.since(NOW - ago * MINUTE, NOW);

it('a database has its keeper, the share that fails now with its count, and the times of its reports', () => {
  const [people, land] = databaseRows(
    [
      link('people', 'A', 'working', { failed: 10 }),
      link('people', 'B', 'erring', { failed: 200, ago: 3 }),
      link('people', 'C', 'erring', { failed: 400 }),
      link('land', 'A', 'few', { requests: 3, failed: 1 }),
    ],
    catalogue,
    NOW,
    speech,
  );
  expect(people).toMatchObject({
    owner: 'kept by Ministry A',
    facts: `20.3% of requests failed (610 of 3,000, ${at(60)} to ${at(1)}) · newest report ${at(1)}, oldest ${at(3)}`,
    wanting: ['Ministry C 40.0% failed', 'Ministry B 20.0% failed'],
  });
  expect(people?.counts.map(({ mark, text }) => [mark, text])).toEqual([
    ['watch', '2 erring'],
    ['ok', '1 working'],
  ]);
  // Whoever the catalogue has no name of goes by its code, and of few a percentage says nothing.
  expect(land).toMatchObject({
    owner: 'kept by GONE',
    facts: `1 of 3 requests failed, too few to compare · reported ${at(1)}`,
    wanting: [],
  });
});

it('the longest silent stands first, and what it told last is in no sum of now', () => {
  const links = [
    link('people', 'A', 'silent', { ago: 90, requests: 9_000, failed: 9_000 }),
    link('people', 'B', 'working', { failed: 5 }),
    link('land', 'A', 'silent', { ago: 200 }),
    link('land', 'B', 'silent', { ago: 400 }),
    link('land', 'C', 'unknown'),
  ];
  const rows = databaseRows(links, catalogue, NOW, speech);
  expect(rows.map(({ id }) => id)).toEqual(['land', 'people']);
  expect(rows[0]?.wanting).toEqual([`Ministry B silent since ${at(400)}`, `Ministry A silent since ${at(200)}`]);
  expect(rows[0]?.facts).toBe(`no requests · newest report ${at(200)}, oldest ${at(400)}`);
  expect(rows[1]?.facts).toContain(`0.5% of requests failed (5 of 1,000, ${at(60)} to ${at(1)})`);
  expect([wantingIn(links), hasSilent(links), hasSilent(links.slice(1, 2))]).toEqual([3, true, false]);
  // Where nobody is silent they stand as the catalogue has them.
  const well = [link('land', 'A', 'working', { ago: 50 }), link('people', 'A', 'working')];
  expect(databaseRows(well, catalogue, NOW, speech).map(({ id }) => id)).toEqual(['people', 'land']);
  expect(databaseRows([link('people', 'C', 'unknown')], catalogue, NOW, speech)[0]?.facts).toBe(
    'no requests · never reported',
  );
});

it('a link looks in alerts as it does among the links', () => {
  const mark = (when: { kind: 'silent' } | { kind: 'link-errors'; limit: number; recover: number }) =>
    markOf({ state: 'firing', body: { severity: 'warning', when } });
  expect(mark({ kind: 'silent' })).toBe(LINK_WORDS.silent.mark);
  expect(mark({ kind: 'link-errors', limit: 0.05, recover: 0.03 })).toBe(LINK_WORDS.erring.mark);
});
