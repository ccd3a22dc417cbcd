/** Attributes that the contract does not know, on their way into the log. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isKnownMember } from '@room/contract';
import { EmbeddedLog, type LogRecord } from '@room/log';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutExtensions } from '../../server/src/gateway/extensions.ts';
import { type EventResult, NATIONAL, submission } from '../harness/client.ts';
import { startRoom } from '../harness/room.ts';
import { tempDir } from '../harness/temp.ts';

const SECRET = 'Nguyễn Văn A, 001099012345';
const KNOWN = {
  time: '2026-11-19T03:42:08Z',
  subject: 'DV01',
  dataschema: '/v1/events/schema',
  datacontenttype: 'application/json',
  simulated: false,
};
const EXTENSIONS = { citizen: SECRET, traceparent: '00-aa', deep: { of: [{ name: SECRET }] } };

it('leaves what the contract knows byte for byte, whatever stands around it', () => {
  const name = fc.oneof(
    fc.constantFrom('id', 'source', 'data', 'time', '__proto__', 'constructor', 'a"b', 'a\\', '{', ',', 'đ', '\u0000'),
    fc.string(),
  );
  const spaced = fc.tuple(fc.dictionary(name, fc.jsonValue(), { maxKeys: 6 }), fc.constantFrom(undefined, 1, '\t'));
  let isDropped = 0;
  fc.assert(
    fc.property(spaced, ([json, space]) => {
      const text = Buffer.from(JSON.stringify(json, undefined, space));
      const event = JSON.parse(text.toString()) as Record<string, unknown>;
      const kept = withoutExtensions(text, event);
      const known = Object.entries(event).filter(([member]) => isKnownMember(member));
      expect(JSON.parse(kept.toString())).toEqual(Object.fromEntries(known));
      if (known.length === Object.keys(event).length) expect(kept).toBe(text);
      else isDropped++;
    }),
    { numRuns: 2_000 },
  );
  expect(isDropped).toBeGreaterThan(500);
  const odd = Buffer.from('\ufeff { "x\\"}" : "}\\\\", "\\u0069d":1.50 ,"y": [{"}":1}], "count" : 1 , "id":\t"é"}');
  expect(withoutExtensions(odd, { x: 1 }).toString()).toBe('{"\\u0069d":1.50,"id":\t"é"}');
});

it('they stand nowhere in the log, whether the event counts, is refused or is no event', async () => {
  await using folder = await tempDir('extensions');
  const room = await startRoom({ dataDir: folder.path });
  const key = await room.key(NATIONAL);
  const post = async (body: unknown, headers: Record<string, string>): Promise<string[]> => {
    const response = await fetch(`${room.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(202);
    const { results } = (await response.json()) as { results: EventResult[] };
    return results.map(({ id, result }) => `${id} ${result}`);
  };
  const event = (id: string, data: object = {}): Record<string, unknown> =>
    submission(id, data, { ...KNOWN, ...EXTENSIONS });
  const encoded = { ...event('base64'), data: undefined };
  const sent = [
    event('counts'),
    event('refused', { procedure: 'DV99' }),
    { ...encoded, data_base64: Buffer.from(JSON.stringify(submission('')['data'])).toString('base64') },
    { ...event('large'), long: `${SECRET} ${'x'.repeat(17_000)}` },
    { ...event('deep'), nested: JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`) as unknown },
    { citizen: SECRET },
  ];
  expect(await post(sent, { 'content-type': 'application/cloudevents-batch+json' })).toEqual([
    'counts accepted',
    'refused quarantined',
    'base64 accepted',
    'large quarantined',
    'deep quarantined',
    'null quarantined',
  ]);
  const binary = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'binary',
    'ce-source': NATIONAL,
    'ce-type': 'submission.counted',
    'ce-subject': 'DV01',
    'ce-citizen': encodeURIComponent(SECRET),
    'ce-data': encodeURIComponent(SECRET),
    'ce-no_attribute': encodeURIComponent(SECRET),
  };
  expect(await post(submission('')['data'], binary)).toEqual(['binary accepted']);
  await room.stop();

  expect((await readFile(join(folder.path, 'log', 'data.mdb'))).includes(SECRET)).toBe(false);
  const records: LogRecord[] = [];
  {
    await using log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
    await using _following = await log.follow('submissions', new Map(), async (found) => void records.push(...found));
    await expect.poll(() => records.length, { timeout: 20_000 }).toBe(7);
  }
  const stood = records.slice(0, 6).map(({ value }) => JSON.parse(Buffer.from(value).toString()) as object);
  const [counts, refused, base64] = sent.map((it) =>
    Object.fromEntries(Object.entries(it).filter(([member]) => isKnownMember(member) && it[member] !== undefined)),
  );
  expect(stood.slice(0, 3)).toEqual([counts, refused, base64]);
  expect(counts).toMatchObject({ ...KNOWN, id: 'counts', source: NATIONAL, specversion: '1.0' });
  expect(stood.slice(3)).toMatchObject([{ id: 'large', ...KNOWN }, { id: 'deep', ...KNOWN }, {}]);
  expect(Object.keys(records[6]?.headers ?? {}).sort()).toEqual([
    'ce_id',
    'ce_source',
    'ce_specversion',
    'ce_subject',
    'ce_type',
    'content-type',
    'portal',
    'received-at',
  ]);
});
