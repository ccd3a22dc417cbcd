/** Who did something is told by a name, never by how the audit writes it. */
import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { whoText } from '../../../web/src/messages/who.ts';
import { catalogue } from '../room.ts';

const [agency, province] = [catalogue.agencies[0], catalogue.provinces[0]];

it('a unit that was looked as, the room and its parts have their names in both languages', () => {
  for (const language of ['vi', 'en'] as const) {
    const speech = speechIn(language, catalogue);
    const named = (who: string): string => whoText(who, catalogue, speech);
    expect(named(`look:agency:${agency?.id}`)).toBe((agency?.short ?? agency?.label)?.[language]);
    expect(named(`look:province:${province?.id}`)).toBe((province?.short ?? province?.label)?.[language]);
    for (const who of ['look:leadership', 'look:analyst', 'room', 'simulator', 'catalogue', 'operator', 'visitor:'])
      expect([who, named(who)]).toEqual([who, expect.not.stringMatching(/^[a-z]*:?[a-z]*$/)]);
  }
});

it('a person is who they sign in as, and what is not known is told as it is', () => {
  const speech = speechIn('en', catalogue);
  expect(whoText('person:thu@mps.example', catalogue, speech)).toBe('thu@mps.example');
  expect(whoText('look:agency:GONE', catalogue, speech)).toBe('agency:GONE');
  expect(whoText('somebody', catalogue, speech)).toBe('somebody');
});
