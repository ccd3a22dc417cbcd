/** How much somebody may take along. */
import { expect, it } from 'vitest';
import { Allowance } from '../../../server/src/export/allowance.ts';

it('one asker has two at a time, and thirty at once in all', () => {
  const allowance = new Allowance(() => 0);
  const asked = () => ({ stop: new AbortController(), owner: 'person p' });
  const [one, two, three] = [asked(), asked(), asked()];
  const take = ({ stop, owner }: ReturnType<typeof asked>): void =>
    allowance.take(owner, { owner, signal: stop.signal });
  take(one);
  take(two);
  expect(() => take(three)).toThrow(expect.objectContaining({ status: 429 }));
  one.stop.abort();
  take(three);
  for (const each of [two, three]) each.stop.abort();
  for (let n = 3; n < 30; n++) {
    const more = asked();
    take(more);
    more.stop.abort();
  }
  expect(() => take(asked())).toThrow(expect.objectContaining({ code: 'too_many_exports' }));
});

it('one long file at a time is made for one person, whatever connections they come by', () => {
  const allowance = new Allowance(() => 0);
  const [one, two] = [new AbortController(), new AbortController()];
  allowance.takeLong('person p', { owner: 'person p', signal: one.signal });
  const again = (): void => allowance.takeLong('person p', { owner: 'person p', signal: two.signal });
  expect(again).toThrow(expect.objectContaining({ status: 429, code: 'long_export' }));
  allowance.takeLong('person q', { owner: 'person q', signal: two.signal });
  one.abort();
  expect(again).not.toThrow();
});
