import { expect, it } from 'vitest';
import { askedIn, grainOf, toggled, turnedTo, withChange } from '../../../../web/src/pages/explore/asked.ts';

const TODAY = '2026-11-28';
const GROUPED = {
  groups: [{ dimension: 'service' as const, name: 'some', label: { vi: 'vài', en: 'some' }, codes: ['A', 'B'], of: 3 }],
};

it('an address that asks nothing asks for four weeks that are over, beside the four before', () => {
  expect(askedIn({ lang: 'vi' }, TODAY)).toMatchObject({
    fields: { from: '2026-10-31', to: '2026-11-27', grain: 'day', compare: 'previous', boundaries: 'today' },
    question: { split: [] },
    measure: 'submitted',
  });
});

it('the address is the question', () => {
  const query = {
    from: '2026-11-01',
    to: '2026-11-02',
    split: 'agency',
    province: 'P1,P2',
    sort: 'late',
    theme: 'dark',
  };
  expect(askedIn(query, TODAY)).toMatchObject({
    fields: { from: '2026-11-01', to: '2026-11-02', split: 'agency', province: 'P1,P2', sort: 'late', grain: 'hour' },
    question: { split: ['agency'], province: ['P1', 'P2'] },
    measure: 'late',
  });
});

it.each([
  [{ from: 'yesterday' }, /^from: /],
  [{ split: 'colour' }, /^split: colour/],
  [{ compare: 'always' }, /^compare: /],
])('%o is no question, and says why', (query, fault) => {
  expect(askedIn(query, TODAY)).toEqual({ fault: expect.stringMatching(fault) });
});

it('a curve is cut as finely as it can be read', () => {
  const grain = (from: string) => grainOf({ from, to: '2026-11-27' });
  expect([
    grain('2026-11-27'),
    grain('2026-11-25'),
    grain('2026-11-24'),
    grain('2026-05-26'),
    grain('2026-05-25'),
  ]).toEqual(['hour', 'hour', 'day', 'day', 'month']);
});

it('a change keeps the rest of the address, and takes out what is nothing', () => {
  expect(
    withChange({ lang: 'vi', from: '2026-11-01', split: 'agency' }, { split: undefined, to: '2026-11-02' }),
  ).toEqual({
    lang: 'vi',
    from: '2026-11-01',
    to: '2026-11-02',
  });
});

it('a member that is taken twice is out again', () => {
  const after = (service: string | undefined, code: string) => {
    const found = askedIn(service === undefined ? {} : { service }, TODAY);
    if ('fault' in found) throw new Error(found.fault);
    return toggled(found.question, 'service', code, GROUPED);
  };
  expect(after(undefined, 'A')).toBe('A');
  expect(after('A', 'B')).toBe('A,B');
  expect(after('A,B', 'A')).toBe('B');
  expect(after('A', 'A')).toBeUndefined();
  // A group is one choice; without one of its members it is the rest of it, and another stands beside it.
  expect(after(undefined, 'some')).toBe('some');
  expect(after('some', 'some')).toBeUndefined();
  expect(after('some', 'A')).toBe('B');
  expect(after('some', 'C')).toBe('some,C');
  expect(after('A,C', 'some')).toBe('C,some');
});

it('turned to tasks or links a question keeps its time and one kind of units, and nothing that they do not know', () => {
  const question = (more: Record<string, string>) => {
    const found = askedIn({ from: '2026-11-01', to: '2026-11-20', ...more }, TODAY);
    if ('fault' in found) throw new Error(found.fault);
    return found.question;
  };
  const turned = (subject: 'tasks' | 'links' | 'dossiers', address: Record<string, string>) =>
    withChange(address, turnedTo(subject, question(address)));
  const of = { agency: 'MPS', channel: '2', per: 'working-day', compare: 'day-types', grain: 'hour', order: 'risen' };
  expect(turned('tasks', { ...of, split: 'service,agency', lang: 'vi' })).toEqual({
    lang: 'vi',
    agency: 'MPS',
    split: 'agency',
    sort: 'tasksOpen',
  });
  expect(turned('links', { split: 'channel,province', compare: 'year-before' })).toEqual({
    split: 'province',
    sort: 'linkVolume',
    compare: 'year-before',
  });
  // Of both kinds of units one is kept, as nothing is of both.
  expect(turned('tasks', { agency: 'MPS', province: '34-01' })).toEqual({ agency: 'MPS', sort: 'tasksOpen' });
  expect(turned('dossiers', { agency: 'MPS', sort: 'tasksOverdue', order: 'risen' })).toEqual({ agency: 'MPS' });
});

it('asks for all of what its measure counts, by the day where that is known by the day, and reads what a program asks', () => {
  const found = (query: Record<string, string>) => askedIn({ from: '2026-11-26', to: '2026-11-27', ...query }, TODAY);
  const tasks = { measures: 'tasksOpen,tasksOverdue,tasksSettled', grain: 'day', sort: 'tasksOverdue' };
  expect(found({ sort: 'tasksOverdue' })).toMatchObject({ fields: tasks, measure: 'tasksOverdue' });
  expect(found({ measures: 'tasksOverdue' })).toMatchObject({ fields: tasks, measure: 'tasksOverdue' });
  expect(found({ sort: 'linkErrors' })).toMatchObject({ fields: { grain: 'hour' }, measure: 'linkErrors' });
  expect(found({ measures: 'late' })).toMatchObject({ measure: 'submitted' });
  expect(found({ sort: 'colour' })).toMatchObject({ fault: expect.stringMatching(/^sort: /) });
});
