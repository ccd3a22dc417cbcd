import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventResult, NATIONAL, snapshot, submission } from '../harness/client.ts';
import { type Recount, recount } from '../harness/recount.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

const SINGLE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';

let data: Awaited<ReturnType<typeof tempDir>>;
let room: Room;
let key: string;
/** Ids that the room said it accepted: at the end each of them is counted once, and nothing else is. */
const accepted: string[] = [];
beforeAll(async () => {
  data = await tempDir('binding');
  room = await startRoom({ dataDir: data.path });
  key = await room.key(NATIONAL);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await data[Symbol.asyncDispose]();
});

interface Answer {
  status: number;
  code: string;
  reason: string;
  results: EventResult[];
}

/** Bytes as they are, headers as they are written: an array repeats a header. */
function post(body: string | Buffer | undefined, headers: Record<string, string | string[]>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers: { authorization: `Bearer ${key}`, ...headers } };
    const request = httpRequest(`${room.url}/v1/events`, options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const { error, results = [] } = JSON.parse(text) as {
          error?: { code: string; reason: string };
          results?: EventResult[];
        };
        for (const { id, result } of results) if (result === 'accepted') accepted.push(id ?? '');
        resolve({
          status: response.statusCode ?? 0,
          code: error?.code ?? '',
          reason: error?.reason ?? '',
          results,
        });
      });
    });
    request.on('error', reject);
    // A text would be sent together with the headers, and change their bytes.
    request.end(body === undefined ? undefined : Buffer.from(body));
  });
}

const dossier = (change: object = {}): Record<string, unknown> =>
  submission('', change)['data'] as Record<string, unknown>;
const BINARY = { 'ce-specversion': '1.0', 'ce-source': NATIONAL, 'ce-type': 'submission.counted' };
const binary = (headers: Record<string, string | string[]>, change: object = {}): Promise<Answer> =>
  post(JSON.stringify(dossier(change)), { 'content-type': 'application/json', ...BINARY, ...headers });
const outcomes = ({ results }: Answer): string[] => results.map(({ code, result }) => code ?? result);

describe('binary mode', () => {
  it.each([
    ['plain', 'http-1', 'http-1'],
    ['percent-encoded', 'h%E1%BB%93%20s%C6%A1%25%22', 'hồ sơ%"'],
    ['percent-encoded in small letters', '%f0%9f%98%80-1', '😀-1'],
    ['encoded though it need not be', '%68ttp-2', 'http-2'],
    ['one round only', '%2541', '%41'],
    ['a percent sign that encodes nothing', '100%', '100%'],
    ['quoted', '"http \\"3\\" %41"', 'http "3" A'],
    ['bytes of UTF-8', Buffer.from('hồ-2').toString('latin1'), 'hồ-2'],
  ])('reads an id %s', async (_, sent, id) => {
    const answer = await binary({ 'ce-id': sent, 'CE-Subject': 'x' });
    expect([answer.status, answer.results]).toEqual([202, [{ id, result: 'accepted' }]]);
  });

  it.each([
    ['of another case, with parameters', { 'content-type': 'APPLICATION/JSON; charset=utf-8' }],
    ['of a suffix', { 'content-type': 'application/vnd.portal+json' }],
    ['simulated, with a time that nobody reads', { 'ce-simulated': 'false', 'ce-time': 'soon' }],
  ])('takes an event %s', async (name, headers) => {
    expect(outcomes(await binary({ 'ce-id': `as-${name}`, ...headers }))).toEqual(['accepted']);
  });

  it.each([
    ['True', 'invalid_field'],
    ['1', 'invalid_field'],
  ])('refuses simulated %s by itself, with its id', async (simulated, code) => {
    const answer = await binary({ 'ce-id': `sim-${simulated}`, 'ce-simulated': simulated });
    expect(answer.results).toMatchObject([{ id: `sim-${simulated}`, result: 'quarantined', code }]);
  });

  it.each<[number, string, Record<string, string | string[]>]>([
    [400, 'header_not_utf8', { 'ce-id': '%C0%A0' }],
    [400, 'header_not_utf8', { 'ce-id': '\xff' }],
    [400, 'header_twice', { 'ce-id': ['a', 'b'] }],
    [415, 'media_type', { 'ce-id': 'a', 'content-type': 'text/plain' }],
  ])('answers %i %s', async (status, code, headers) => {
    expect(await binary(headers)).toMatchObject({ status, code, reason: expect.stringMatching(/.{10}/) });
  });

  it('needs no media type, and its data are JSON', async () => {
    const headers = { ...BINARY, 'ce-id': 'untyped' };
    expect(await post('{"procedure":', headers)).toMatchObject({ status: 400, code: 'not_json' });
    expect(outcomes(await post(JSON.stringify(dossier()), headers))).toEqual(['accepted']);
  });

  it('tells a missing attribute, and keeps the others', async () => {
    const { 'ce-specversion': _, ...headers } = BINARY;
    const answer = await post(JSON.stringify(dossier()), {
      'content-type': 'application/json',
      ...headers,
      'ce-id': 'm-1',
    });
    expect(answer.results).toMatchObject([{ id: 'm-1', code: 'invalid_field' }]);
  });
});

describe('the official JavaScript SDK', () => {
  const made = (id: string, more: object = {}): CloudEvent<unknown> =>
    new CloudEvent({ id, source: NATIONAL, type: 'submission.counted', data: dossier(), ...more });
  const sent = ({ headers, body }: { headers: object; body: unknown }): Promise<Answer> =>
    post(body as string, { ...(headers as Record<string, string>) });

  it.each<[string, object]>([
    ['plain', {}],
    ['with a media type', { datacontenttype: 'application/json; charset=utf-8' }],
    ['with bytes', { data: Buffer.from(JSON.stringify(dossier())), datacontenttype: 'application/json' }],
    ['with extensions', { simulated: false, traceparent: '00-aa', subject: 'DV01' }],
  ])('sends structured, binary and batch: %s', async (name, more) => {
    const events = ['s', 'b', 'x', 'y'].map((mode) => made(`sdk-${mode}-${name}`, more));
    const [one, two, ...rest] = events as [CloudEvent<unknown>, CloudEvent<unknown>];
    expect(outcomes(await sent(HTTP.structured(one)))).toEqual(['accepted']);
    expect(outcomes(await sent(HTTP.binary(two)))).toEqual(['accepted']);
    const batch = await post(JSON.stringify(rest), { 'content-type': `${BATCH}; charset=utf-8` });
    expect(outcomes(batch)).toEqual(['accepted', 'accepted']);
  });
});

describe('what was told is true', () => {
  it('an event over the size is refused, its id is free, and a mended one counts', async () => {
    const long = { ...submission('long'), subject: 'x'.repeat(17_000) };
    expect(outcomes(await post(JSON.stringify(long), { 'content-type': SINGLE }))).toEqual(['too_large']);
    expect(outcomes(await post(JSON.stringify([long]), { 'content-type': BATCH }))).toEqual(['too_large']);
    expect(outcomes(await post(JSON.stringify(submission('long')), { 'content-type': SINGLE }))).toEqual(['accepted']);
  });

  it('the size is that of the bytes sent: blanks count', async () => {
    const blank = `${JSON.stringify(submission('blank'))}${' '.repeat(17_000)}`;
    expect(outcomes(await post(blank, { 'content-type': SINGLE }))).toEqual(['too_large']);
    expect(outcomes(await post(`[${blank}]`, { 'content-type': BATCH }))).toEqual(['accepted']);
  });

  it('one deep event of a batch is refused alone', async () => {
    const deep = JSON.stringify(submission('deep')).replace(
      '"specversion"',
      `"ext":${'['.repeat(7_000)}${']'.repeat(7_000)},"specversion"`,
    );
    const deeper = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `[${JSON.stringify(submission('beside-1'))},${deep},${deeper},${JSON.stringify(submission('beside-2'))}]`;
    const answer = await post(body, { 'content-type': BATCH });
    expect(outcomes(answer)).toEqual(['accepted', 'too_deep', 'too_large', 'accepted']);
    expect(answer.results[1]?.id).toBe('deep');
  });

  it('a batch that is no JSON is refused whole, wherever its fault is', async () => {
    const good = JSON.stringify(submission('never'));
    for (const body of [`[${good},{]`, `[${good},]`, `[${good}`, `[${good}]]`, `[${good}] x`, `[${good} ${good}]`])
      expect(await post(body, { 'content-type': BATCH })).toMatchObject({ status: 400, code: 'not_json' });
  });

  it('an event that the log cannot keep is refused', async () => {
    const huge = JSON.stringify({ ...submission('huge'), subject: 'x'.repeat(1_000_000) });
    expect(await post(huge, { 'content-type': SINGLE })).toMatchObject({ status: 413, code: 'too_large' });
  });

  it('the bytes that stand in the log are those that were sent', async () => {
    const text = JSON.stringify(submission('kept', { count: 'X' })).replace('"X"', '1.50,"count" : 1.5');
    await post(`[ ${text} ]`, { 'content-type': 'application/json' });
    const read = async (): Promise<{ id: string; quarantineId: string }[]> => {
      const response = await fetch(`${room.url}/v1/operator/quarantine`, {
        headers: { authorization: `Bearer ${room.operatorToken}` },
      });
      return ((await response.json()) as { cases: { id: string; quarantineId: string }[] }).cases;
    };
    await expect.poll(async () => (await read()).some(({ id }) => id === 'kept'), { timeout: 20_000 }).toBe(true);
    const found = (await read()).find(({ id }) => id === 'kept');
    const response = await fetch(`${room.url}/v1/operator/quarantine/${found?.quarantineId}`, {
      headers: { authorization: `Bearer ${room.operatorToken}` },
    });
    expect(((await response.json()) as { event: string }).event).toBe(text);
  });
});

describe('a request that holds no event gets an answer that says so', () => {
  it('without a body, or with an empty one, and the next one is served', async () => {
    for (const type of [SINGLE, BATCH, 'application/json']) {
      expect(await post(undefined, { 'content-type': type })).toMatchObject({ status: 400, code: 'empty' });
      expect(await post('', { 'content-type': type, 'content-length': '0' })).toMatchObject({
        status: 400,
        code: 'empty',
      });
      expect(await post('', { 'content-type': type, 'transfer-encoding': 'chunked' })).toMatchObject({ status: 400 });
    }
    const several = await Promise.all(
      ['after-1', 'after-2'].map((id) => post(JSON.stringify(submission(id)), { 'content-type': SINGLE })),
    );
    expect(several.flatMap(outcomes)).toEqual(['accepted', 'accepted']);
  });

  it.each([
    ['201 headers', 201],
    ['2,500 headers', 2_500],
    ['headers of 100 kB', 20_000],
  ])('with %s', async (_, count) => {
    const { hostname, port } = new URL(room.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (part) => {
        text += part.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
      const body = JSON.stringify(submission('headers'));
      const many = 'a:b\r\n'.repeat(count);
      socket.write(
        `POST /v1/events HTTP/1.1\r\nhost: x\r\n${many}authorization: Bearer ${key}\r\ncontent-type: ${SINGLE}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('with a media type of any length, whose answer is short', async () => {
    const answer = await post('{}', { 'content-type': `text/${'x'.repeat(8_000)}` });
    expect([answer.status, answer.code]).toEqual([415, 'media_type']);
    expect(answer.reason.length).toBeLessThan(500);
  });
});

it('whatever was accepted is counted once, and nothing else is', async () => {
  expect(new Set(accepted).size).toBe(accepted.length);
  await expect.poll(async () => (await snapshot(room))?.state.events, { timeout: 20_000 }).toBe(accepted.length);
  await room.stop();
  const { ids }: Recount = await recount(data.path);
  expect(ids).toEqual([...accepted].sort());
});
