import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { expect, it } from 'vitest';
import { decideMany } from '../../fuzz/decode.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);

it('decides 20,000 generated records, whatever they are, each one way and in bounded words', () => {
  const { outcomes, faults } = decideMany('suite', 20_000, catalogue);
  expect(faults).toEqual([]);
  // The generator is worth something only while it reaches what it is after.
  for (const code of ['ok', 'not_json', 'too_large', 'too_deep', 'invalid_field', 'unknown_field', 'header_not_utf8'])
    expect([code, (outcomes[code] ?? 0) > 100]).toEqual([code, true]);
});
