/** What the lines of a timeline say: who, what, the days of it, and where that can be seen. */
import type { DirectiveEntry } from '@room/contract';
import { expect, it } from 'vitest';
import { alerts } from '../../../web/src/i18n/alerts.ts';
import { directives } from '../../../web/src/i18n/directives.ts';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { entryDetail, entryEvidence } from '../../../web/src/messages/alerts.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { catalogue } from '../room.ts';

addMessages(alerts);
addMessages(directives);
const vi = speechIn('vi', catalogue);
const en = speechIn('en', catalogue);

const entry = (action: string, more: Partial<DirectiveEntry>): DirectiveEntry => ({
  sequence: 1,
  at: 0,
  who: 'person:ann',
  action,
  hash: 'f00d',
  ...more,
});
const said = { cause: 'two were ill', measure: 'decision 12', who: 'person:ann', at: 0 };
const both = (of: DirectiveEntry): string[] => [vi, en].map((speech) => entryDetail(of, catalogue, speech));

it('what a unit promised, or did, stands there with its day, and where it can be seen', () => {
  const will = entry('task.answered', { response: { ...said, until: '2026-12-05' } });
  expect(both(will)).toEqual([
    'ann. Nguyên nhân: two were ill. Đã hoặc sẽ làm: decision 12. Sẽ xong chậm nhất ngày 05/12/2026',
    'ann. Cause: two were ill. What was or will be done: decision 12. Will be done by 5 Dec 2026',
  ]);
  expect(entryEvidence(will)).toBeUndefined();
  const evidence = 'https://mps.example/12';
  const done = entry('task.answered', { response: { ...said, done: '2026-11-20', evidence } });
  expect(both(done)).toEqual([
    'ann. Nguyên nhân: two were ill. Đã làm: decision 12. Xong ngày 20/11/2026',
    'ann. Cause: two were ill. What was done: decision 12. Done on 20 Nov 2026',
  ]);
  expect(entryEvidence(done)).toBe(evidence);
});

it('the answer to an alert says by when it is over and who sees to that', () => {
  const answer = { cause: 'ill', measure: 'more people', until: '2026-12-05', owner: 'Trần Văn A' };
  expect(both(entry('alert.answered', { answer }))).toEqual([
    'ann. Nguyên nhân: ill. Đang làm hoặc sẽ làm: more people. Trở lại trong ngưỡng chậm nhất ngày 05/12/2026. Người chịu trách nhiệm: Trần Văn A',
    'ann. Cause: ill. What is or will be done: more people. Back within the limit by 5 Dec 2026. Responsible: Trần Văn A',
  ]);
});

it('what is sent back with a later due day says that day', () => {
  const order = { text: 'it', due: '2026-12-20', wanted: { text: 'all' } };
  expect(both(entry('task.sent_back', { why: 'half of it', order }))).toEqual([
    'ann: half of it (hạn mới 20/12/2026)',
    'ann: half of it (new due day 20 Dec 2026)',
  ]);
  expect(both(entry('task.sent_back', { why: 'half of it' }))).toEqual(['ann: half of it', 'ann: half of it']);
});
