/** Whose an alert is: in whole words, and of a unit also what rings of its links and portals. */
import type { Alert, Catalogue } from '@room/contract';
import { expect, it } from 'vitest';
import { alerts } from '../../../web/src/i18n/alerts.ts';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { scenes } from '../../../web/src/i18n/scenes.ts';
import { isOfUnit, whoseText } from '../../../web/src/messages/alert-units.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { catalogue as small } from '../room.ts';

addMessages(alerts);
addMessages(scenes);
const label = (name: string) => ({ vi: name, en: name });
const catalogue: Catalogue = {
  ...small,
  databases: [
    { id: 'land', code: 'L', label: label('Land database'), short: label('Land'), agency: 'A', source: label('x') },
  ],
  links: [{ database: 'land', agencies: [], provinces: ['N'], telecoms: [], silentAfter: 60 }],
};
const speech = speechIn('en', catalogue);
const about = (dim: Alert['dim'], code: string): Pick<Alert, 'dim' | 'code'> => ({ dim, code });

it('an alert is said by the whole name of its unit, of a link with what it leads to', () => {
  const said = (dim: Alert['dim'], code: string) => whoseText(about(dim, code), catalogue, speech);
  expect([
    said('agency', 'A'),
    said('link', 'land.N'),
    said('source', 'urn:n'),
    said('source', 'urn:a'),
    said('service', 's1'),
    said('all', ''),
    said('agency', 'GONE'),
  ]).toEqual(['Office A', 'North (link to Land)', 'North', 'Portal of A', 'One', 'Whole country', 'GONE']);
});

it('a unit in focus has what rings of its numbers, its links and its portals, and nothing of others', () => {
  const of = (dim: Alert['dim'], code: string, by: 'agency' | 'province' = 'province', id = 'N') =>
    isOfUnit(about(dim, code), { by, id }, catalogue);
  expect([of('province', 'N'), of('link', 'land.N'), of('source', 'urn:n')]).toEqual([true, true, true]);
  expect([of('province', 'S'), of('link', 'land.S'), of('source', 'urn:s'), of('source', 'urn:a')]).toEqual([
    false,
    false,
    false,
    false,
  ]);
  // A place and an office that have the same id are two.
  expect([of('agency', 'N'), of('province', 'N', 'agency')]).toEqual([false, false]);
});
