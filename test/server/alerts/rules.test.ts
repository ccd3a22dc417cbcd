/** Rules as their keepers write them: made, edited, taken back, brought in as a file; what is not sound never takes the place of what is. */
import { type Backtest, type ImportedRules, type KeptRule, type RuleHistory, ringsOf } from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NATIONAL, send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD, statusOf } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

let room: Room;
let administrator: CookieClient;
/** May administer, within one ministry. */
let health: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  const scope = { agencies: ['MOH'], provinces: [] };
  const invited = { id: 'health', name: 'Health', rights: ['view', 'administer'], scope };
  const { token } = await administrator.told<{ token: string }>('/v1/people', invited);
  health = new CookieClient(room);
  await health.told('/v1/session/accept', { token, password: PASSWORD });
});
afterAll(() => room[Symbol.asyncDispose]());

const label = { vi: 'Quá nhiều', en: 'Too many' };
const when = (more: object = {}): object => ({
  kind: 'threshold',
  measure: 'submitted',
  window: { kind: 'today' },
  side: 'above',
  against: { kind: 'value', limit: 1_000_000 },
  ...more,
});
const ruleOf = (more: object = {}): object => ({
  label,
  reason: label,
  owner: 'somebody',
  severity: 'warning',
  over: { dim: 'agency', codes: ['MOH'] },
  when: when(),
  ...more,
});
const rulesOf = async (): Promise<KeptRule[]> =>
  (await administrator.told<{ rules: KeptRule[] }>('/v1/rules')).rules.filter(({ id }) => id.startsWith('T-'));
const ruleNow = async (id: string): Promise<KeptRule | undefined> => (await rulesOf()).find((rule) => rule.id === id);
const refusal = async (answer: Promise<Response>): Promise<string> => {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string; reason: string } };
  return `${response.status} ${error.code} ${error.reason}`;
};

it('is made and edited over the version that was seen, each step with who and why', async () => {
  const made = await administrator.told<KeptRule>('/v1/rules', { ...ruleOf(), id: 'T-01', why: 'it was asked for' });
  expect(made).toMatchObject({ id: 'T-01', version: 1, who: 'person:lan', isEnabled: true });
  const limit = when({ against: { kind: 'value', limit: 2_000_000 } });
  const edited = { ...ruleOf({ when: limit }), version: 1, why: 'too low' };
  expect(await administrator.told('/v1/rules/T-01', edited)).toMatchObject({ version: 2 });
  expect(await statusOf(administrator.ask('/v1/rules/T-01', edited))).toBe('409 conflict');
  const { entries } = await administrator.told<RuleHistory>('/v1/rules/T-01/history');
  expect(entries.map(({ action, who, why, version }) => [action, who, why, version])).toEqual([
    ['rule.changed', 'person:lan', 'too low', 2],
    ['rule.created', 'person:lan', 'it was asked for', 1],
  ]);
  expect(entries[0]?.before).toMatchObject({ when: { against: { limit: 1_000_000 } } });
  expect(entries[0]?.after).toMatchObject({ when: { against: { limit: 2_000_000 } } });
  expect(entries[1]?.before).toBeUndefined();
});

it('what it was while it was of other units stays theirs', async () => {
  await administrator.told('/v1/rules', { ...ruleOf({ over: { dim: 'agency', codes: ['MPS'] } }), id: 'T-09' });
  await administrator.told('/v1/rules/T-09', { ...ruleOf(), version: 1, why: 'it is of health' });
  const told = async (who: CookieClient) =>
    (await who.told<RuleHistory>('/v1/rules/T-09/history')).entries.map(({ version, before, after }) => [
      version,
      before !== undefined,
      after !== undefined,
    ]);
  expect(await told(health)).toEqual([[2, false, true]]);
  expect(await told(administrator)).toEqual([
    [2, true, true],
    [1, false, true],
  ]);
  await administrator.told('/v1/rules/T-09/remove', { version: 2 });
});

it('that is not sound is refused by its field, and the running one stays', async () => {
  const before = await ruleNow('T-01');
  const change = (more: object): Promise<string> =>
    refusal(administrator.ask('/v1/rules/T-01', { ...ruleOf(more), version: 2 }));
  expect(await change({ when: when({ measure: 'nothing' }) })).toMatch(/^400 bad_rule when\.measure/);
  expect(await change({ over: { dim: 'agency', codes: ['NOPE'] } })).toMatch(/^400 bad_rule over\.codes.*NOPE/);
  expect(await change({ over: { dim: 'service', agency: 'MOF', codes: ['DV02'] } })).toMatch(
    /^400 bad_rule over\.codes: no service of these codes is of MOF.*leave codes out/,
  );
  expect(await change({ over: { dim: 'agency' }, when: { kind: 'index-low', limit: 'finishedEnough' } })).toMatch(
    /^400 bad_rule when\.limit: finishedEnough is a number of dossiers.*likely/,
  );
  expect(await change({ forSeconds: -1 })).toMatch(/^400 bad_rule forSeconds/);
  expect(await change({ when: when({ against: { kind: 'value', limit: 1, recover: 2 } }) })).toMatch(
    /^400 bad_rule when\.against\.recover/,
  );
  expect(await ruleNow('T-01')).toEqual(before);
});

it('is of units within the scope of who writes it, also where it is changed, removed or taken back', async () => {
  expect(await refusal(health.ask('/v1/rules', { ...ruleOf({ over: { dim: 'agency' } }), id: 'T-02' }))).toMatch(
    /^403 outside_scope over: agency/,
  );
  expect(await refusal(health.ask('/v1/rules', { ...ruleOf({ over: { dim: 'all' } }), id: 'T-02' }))).toMatch(
    /^403 outside_scope over: the whole country/,
  );
  await health.told('/v1/rules', { ...ruleOf(), id: 'T-02' });
  const foreign = ruleOf({ over: { dim: 'agency', codes: ['MPS'] } });
  await administrator.told('/v1/rules', { ...foreign, id: 'T-03' });
  const denied = '403 outside_scope';
  expect(await statusOf(health.ask('/v1/rules/T-03', { ...ruleOf(), version: 1 }))).toBe(denied);
  expect(await statusOf(health.ask('/v1/rules/T-02', { ...foreign, version: 1 }))).toBe(denied);
  expect(await statusOf(health.ask('/v1/rules/T-03/remove', { version: 1 }))).toBe(denied);
  expect(await statusOf(health.ask('/v1/rules/T-03/undo', { version: 1 }))).toBe(denied);
  expect(await statusOf(health.ask('/v1/rules/import', { rules: { 'T-03': ruleOf() } }))).toBe(denied);
});

it('is removed, and comes back by an undo; an undo of what is not the newest is a conflict', async () => {
  await administrator.told('/v1/rules/T-02/remove', { version: 1 });
  expect(await ruleNow('T-02')).toBeUndefined();
  expect(await statusOf(administrator.ask('/v1/rules/T-02/undo', { version: 1 }))).toBe('409 conflict');
  const back = await administrator.told<{ rule?: KeptRule }>('/v1/rules/T-02/undo', { version: 2 });
  expect(back.rule).toMatchObject({ id: 'T-02', version: 3, label });
  expect(await ruleNow('T-02')).toEqual(back.rule);
  const made = await administrator.told<KeptRule>('/v1/rules', { ...ruleOf(), id: 'T-04' });
  expect(await administrator.told('/v1/rules/T-04/undo', { version: made.version })).toEqual({});
  expect(await ruleNow('T-04')).toBeUndefined();
  expect(await statusOf(administrator.ask('/v1/rules/NOPE/undo', { version: 1 }))).toBe('404 no_such_rule');
});

it('goes out as a file and in again: nothing changes; a file with one fault changes nothing either', async () => {
  const response = await administrator.ask('/v1/rules.json');
  expect(response.headers.get('content-disposition')).toMatch(/attachment; filename="[a-z-]+-rules\.json"/);
  const file = (await response.json()) as Record<string, object>;
  const names = Object.keys(file);
  expect(names).toContain('T-01');
  expect(await administrator.told<ImportedRules>('/v1/rules/import', { rules: file })).toEqual({
    made: [],
    changed: [],
    same: names,
  });
  const versions = await rulesOf();
  const bad = { 'T-01': ruleOf(), 'T-05': ruleOf({ over: { dim: 'agency', codes: ['NOPE'] } }) };
  expect(await refusal(administrator.ask('/v1/rules/import', { rules: bad }))).toMatch(
    /^400 bad_rule rules\.T-05\.over\.codes/,
  );
  const unread = { 'T-01': { ...ruleOf(), severity: 'high' } };
  expect(await refusal(administrator.ask('/v1/rules/import', { rules: unread }))).toMatch(
    /^400 bad_rule rules\.T-01\.severity/,
  );
  expect(await rulesOf()).toEqual(versions);
});

it('is brought in by a file as it says, after a trial that changes nothing, also where one was removed', async () => {
  const rules = { 'T-01': ruleOf(), 'T-04': ruleOf(), 'T-06': ruleOf() };
  const would = { made: ['T-04', 'T-06'], changed: ['T-01'], same: [] };
  const versions = await rulesOf();
  expect(await administrator.told('/v1/rules/import', { rules, isTrial: true })).toEqual(would);
  expect(await rulesOf()).toEqual(versions);
  expect(await administrator.told('/v1/rules/import', { rules, why: 'the new book' })).toEqual(would);
  expect(await ruleNow('T-01')).toMatchObject({ when: { against: { limit: 1_000_000 } } });
  expect(await ruleNow('T-04')).toMatchObject({ version: 3 });
  const { entries } = await administrator.told<RuleHistory>('/v1/rules/T-04/history');
  expect(entries[0]).toMatchObject({ action: 'rule.restored', why: 'the new book' });
});

it('takes a book of five hundred rules at once', async () => {
  const rules = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`B-${n}`, ruleOf()]));
  expect(JSON.stringify({ rules }).length).toBeGreaterThan(100_000);
  const { made } = await administrator.told<ImportedRules>('/v1/rules/import', { rules });
  expect(made).toHaveLength(500);
});

it('is tried on what was counted: when it would have rung, for whom, and of nobody beyond a scope', async () => {
  const HOUR = 3_600_000;
  const hour = (back: number): number => (Math.floor(Date.now() / HOUR) - back) * HOUR;
  // At the end of each hour: a portal that told of its beginning alone has been silent by its end.
  const told = (id: string, agency: string, back: number, count: number) =>
    submission(id, { agency, count, occurredAt: new Date(hour(back - 1) - 1_000).toISOString() }, { source: NATIONAL });
  await send(room, [
    ...Array.from({ length: 60 }, (_, back) => told(`b-${back}`, 'MOH', back + 1, 1)),
    told('b-much', 'MOH', 30, 500),
    told('b-other', 'MPS', 30, 500),
  ]);
  const rule = (more: object = {}) => ({
    over: { dim: 'agency', codes: ['MOH'] },
    when: when({ window: { kind: 'last', minutes: 60 }, against: { kind: 'value', limit: 100 } }),
    ...more,
  });
  const tried = (days: number) => health.told<Backtest>('/v1/rules/backtest', { rule: rule(), days });
  await expect.poll(async () => (await tried(7)).rings, { timeout: 30_000 }).toHaveLength(1);
  const { rings, series, step, from } = await tried(7);
  const rang = hour(30) + step;
  expect(rings).toEqual([{ dim: 'agency', code: 'MOH', from: rang, to: rang + step }]);
  expect(series[0]?.values[(rang - from) / step - 1]).toBe(501);
  // A page tries another limit by what it has.
  expect(ringsOf({ from, step, series }, { side: 'above', limit: 600, recover: 600 }, { forMs: 0, keepMs: 0 })).toEqual(
    [],
  );
  const ask = (body: object): Promise<string> => refusal(health.ask('/v1/rules/backtest', body));
  expect(await ask({ rule: rule({ over: { dim: 'agency', codes: ['MPS'] } }) })).toMatch(
    /^403 outside_scope rule\.over/,
  );
  expect(await ask({ rule: rule({ when: when({ measure: 'nothing' }) }) })).toMatch(
    /^400 bad_rule rule\.when\.measure/,
  );
  expect(await ask({ rule: rule(), days: 91 })).toMatch(/^400 bad_rule days/);
  const target = { kind: 'target', target: 'no-such', limit: 0.2 };
  expect(
    await refusal(administrator.ask('/v1/rules/backtest', { rule: { over: { dim: 'all' }, when: target } })),
  ).toMatch(/^400 bad_rule rule\.when\.target: the catalogue has no target no-such/);
});
