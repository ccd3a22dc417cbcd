/** The board of essential services in a real room: counted from events, reported by its ministry alone, taken back, taken along. */
import { addDays, localDay, type QueryAnswer, type ServicesBoard } from '@room/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
let room: Room;
let administrator: CookieClient;
let police: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  administrator = await firstAdministrator(room);
  const scope = { agencies: ['MPS'], provinces: [] };
  const { token } = await administrator.told<{ token: string }>('/v1/people', {
    id: 'police',
    name: 'Police',
    rights: ['view', 'answer'],
    scope,
  });
  police = new CookieClient(room);
  await police.told('/v1/session/accept', { token, password: PASSWORD });
  await send(room, [
    submission('one', { procedure: 'DV03', agency: 'MPS', count: 30, channel: 2 }),
    submission('two', { procedure: 'DV03', agency: 'MPS', count: 10, channel: 1 }),
  ]);
});
afterAll(() => room[Symbol.asyncDispose]());

const PERIOD = `from=${addDays(TODAY, -6)}&to=${TODAY}`;
const board = (who: CookieClient, more = ''): Promise<ServicesBoard> =>
  who.told<ServicesBoard>(`/v1/services-board?${PERIOD}${more}`);
const status = async (who: CookieClient, id: string, body: object): Promise<string> => {
  const response = await who.ask(`/v1/services-board/${id}`, body);
  return `${response.status} ${response.status === 200 ? '' : ((await response.json()) as { error: { code: string } }).error.code}`;
};
const serviceOf = async (id: string) => (await board(police)).services.find((each) => each.id === id);

it('counts what was filed of each, online and not, within the scope and the province that are asked for', async () => {
  await vi.waitFor(async () => expect((await board(police)).all.counts.submitted).toBe(40), { timeout: 30_000 });
  const found = await board(police);
  expect(found).toMatchObject({ of: 53, unnamed: 11, from: addDays(TODAY, -6), to: TODAY });
  expect(await serviceOf('DV03')).toMatchObject({ use: 'used', now: { submitted: 40, submittedOnline: 30 } });
  // A ministry sees its own services, and those that it shares.
  expect(found.services.every(({ agencies }) => agencies.includes('MPS'))).toBe(true);
  expect(found.services.map(({ id }) => id)).toContain('DX12');
  const all = await board(administrator);
  expect(all.services).toHaveLength(42);
  expect(all.services.filter(({ id }) => id === 'DX12')).toHaveLength(1);
  expect((await board(administrator, '&province=34-01')).all.counts.submitted).toBe(40);
  expect((await board(administrator, '&province=34-79')).all.counts.submitted).toBe(0);
  expect((await board(administrator, '&agency=MOH')).services.every(({ agencies }) => agencies.includes('MOH'))).toBe(
    true,
  );
});

it('is asked of as one group by its name, which stays in addresses and files and follows the list', async () => {
  await send(room, [submission('other', { procedure: 'OTHER-MPS', agency: 'MPS', count: 7, channel: 2 })]);
  const asked = (of: string) =>
    administrator.told<QueryAnswer>(`/v1/query?${PERIOD}&measures=submitted&split=service${of}`);
  await vi.waitFor(async () => expect((await asked('')).total.now?.submitted).toBe(47), { timeout: 30_000 });
  const { total, rows } = await asked('&service=essential');
  expect([total.now, rows.map(({ key }) => key)]).toEqual([{ submitted: 40 }, [['DV03']]]);
  // One of the group beside it counts once, another one counts too.
  expect((await asked('&service=essential,DV03,OTHER-MPS')).total.now).toEqual({ submitted: 47 });
  const proof = await administrator.told<{ sum: { value: number } }>(
    `/v1/evidence?${PERIOD}&measure=submitted&service=essential`,
  );
  expect(proof).toMatchObject({ sum: { value: 40 } });
  const csv = await administrator.ask(`/v1/query.csv?${PERIOD}&measures=submitted&service=essential&lang=en`);
  const file = await csv.text();
  expect(file).toContain('Essential services (25 of 53 counted)');
  expect(file).toContain('service=essential');
  const none = await administrator.ask(`/v1/query?${PERIOD}&agency=essential`);
  expect([none.status, await none.text()]).toEqual([400, expect.stringContaining('no agency essential')]);
});

it('is reported as deployed by its own ministry, with evidence, over what it saw, and taken back', async () => {
  const body = {
    isDeployed: true,
    since: '2023-06-01',
    evidence: { text: 'decision 7', link: 'https://mps.example/7' },
  };
  const health = (await board(administrator)).services.find(({ agencies }) => agencies.includes('MOJ'))?.id ?? '';
  expect(await status(police, health, { version: 0, body })).toBe('404 no_such_service');
  // Of a ministry that is none there is no zero.
  const none = await police.ask(`/v1/services-board?${PERIOD}&agency=NONE`);
  expect([none.status, await none.text()]).toEqual([400, expect.stringContaining('no agency NONE')]);
  expect(await status(police, 'NONE', { version: 0, body })).toBe('404 no_such_service');
  expect(await status(police, 'DV03', { version: 0, body: { ...body, since: '1999-01-01' } })).toBe('400 too_early');
  expect(await status(police, 'DV03', { version: 0, body: { ...body, since: addDays(TODAY, 2) } })).toBe(
    '400 not_begun',
  );
  expect(await status(police, 'DV03', { version: 0, body: { ...body, isDeployed: false } })).toBe('400 bad_deployment');
  expect(await status(police, 'DV03', { version: 0, body })).toBe('200 ');
  expect(await status(police, 'DV03', { version: 0, body })).toBe('409 conflict');
  expect(await serviceOf('DV03')).toMatchObject({
    deployed: { ...body, version: 1, who: 'person:police' },
    mayReport: true,
  });
  expect((await board(administrator)).all.deployed).toBe(1);
  const file = await (await police.ask(`/v1/services-board.csv?${PERIOD}&lang=en`)).text();
  expect(file).toContain('2023-06-01');
  expect(file).toMatch(/DV03.*yes.*decision 7 https:\/\/mps.example\/7.*used,40,0,30/);
  await police.told('/v1/services-board/DV03/undo', { version: 1 });
  expect(await serviceOf('DV03')).not.toHaveProperty('deployed');
});
