/** What became of alerts reaches those whom routes name, over real SMTP and HTTP, at least once, and nobody else. */
import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type AlertRoute,
  onDuty,
  type Person,
  personSchema,
  type Receiver,
  type Routing,
  rosterSchema,
} from '@room/contract';
import { AlertTable, type Database, Documents, revive } from '@room/database';
import { createRegistry } from '@room/operations';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { allowing } from '../../../server/src/notify/channels/webhook.ts';
import type { Notifier } from '../../../server/src/notify/notifier.ts';
import {
  isMuted,
  labelsOf,
  labelsOfEach,
  routesFor,
  toldBy,
  toldFrom,
  toldOfEach,
} from '../../../server/src/notify/routing.ts';
import { prepareNotifying } from '../../../server/src/notify/start.ts';
import { cutTo, type Notice, SHORT, textsOf } from '../../../server/src/notify/words.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';
import { type Hit, hooked, ledger, mailTo, person, rings, route, rule } from './scene.ts';

const ANN = { who: 'person:ann' };
const PATIENCE = { timeout: 20_000, interval: 20 };
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const AGENCIES = catalogue.agencies.map(({ id }) => id);
/** Receives mails; `refuses` decides what becomes of the next one: refused, or the connection broken after it was taken. */
class Post implements AsyncDisposable {
  readonly got: { to: string; id: string; text: string }[] = [];
  refuses: () => 'no' | 'refused' | 'broken' = () => 'no';
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => {
        text += part;
      });
      stream.on('end', () => {
        const how = this.refuses();
        if (how === 'refused') return done(new Error('mailbox full'));
        const [to] = session.envelope.rcptTo;
        this.got.push({ to: to?.address ?? '', id: /^message-id: (.*)$/im.exec(text)?.[1]?.trim() ?? '', text });
        if (how === 'broken') return this.#sockets.at(-1)?.destroy();
        done();
      });
    },
  });
  readonly #sockets: import('node:net').Socket[] = [];
  async start(): Promise<string> {
    this.#server.on('error', () => undefined);
    this.#server.server.on('connection', (socket: import('node:net').Socket) => void this.#sockets.push(socket));
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

describe.each(KINDS)('with alerts in %s', (kind) => {
  const opened = async (context: TestContext, receivers: Record<string, Receiver>, routes: AlertRoute[]) => {
    const post = new Post();
    const smtp = await post.start();
    const fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const people = new Documents<Person>({ database, kind: 'person', schema: personSchema });
    for (const agency of ['MPS', 'MOH'])
      await people.create(ANN, `${agency.toLowerCase()}@example.org`, person([agency]));
    const registry = createRegistry();
    const base = {
      catalogue,
      people,
      mail: { url: smtp, from: 'room@example.org' },
      url: 'https://room.example.org',
      report: () => undefined,
    };
    const notifying = prepareNotifying({
      ...base,
      database,
      webhookAllow: ['127.0.0.1'],
      telegram: undefined,
      registry,
    });
    for (const [id, receiver] of Object.entries(receivers)) {
      await notifying.receivers.create(ANN, id, receiver);
      await database.write(ANN, (edit) => notifying.notices.setSecret(edit, id, `secret of ${id}`));
    }
    await notifying.routing.create(ANN, 'routing', { routes } satisfies Routing);
    const running: Notifier[] = [];
    const table = new AlertTable(database);
    return {
      post,
      database,
      notifying,
      table,
      registry,
      start: (waits = [50, 50, 50, 50, 50, 50, 50, 50], patienceMs = 30_000): Notifier => {
        const notifier = notifying.begin({ waits, patienceMs });
        notifier.start();
        running.push(notifier);
        return notifier;
      },
      [Symbol.asyncDispose]: async () => {
        for (const notifier of running) await notifier.stop();
        await fresh[Symbol.asyncDispose]();
        await post[Symbol.asyncDispose]();
      },
    };
  };
  it('tells by mail and webhook, signed, and writes down what they answered', async (context) => {
    await using hook = await hooked((_, respond) => respond(200));
    await using it = await opened(
      context,
      {
        police: mailTo('mps@example.org'),
        hook: { name: 'hook', language: 'en', to: { channel: 'webhook', url: hook.url, scope: 'all' } },
      },
      [route({ agency: ['MPS'] }, ['police', 'hook'])],
    );
    it.start();
    const began = performance.now();
    await rings(it.table, 'one', 'MPS');
    await vi.waitFor(() => expect([it.post.got.length, hook.hits.length]).toEqual([1, 1]), PATIENCE);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(it.post.got[0]).toMatchObject({ to: 'mps@example.org' });
    const [hit] = hook.hits as [Hit];
    const { 'x-room-timestamp': timestamp, 'x-room-signature': signature, 'idempotency-key': key } = hit.headers;
    const right = createHmac('sha256', 'secret of hook')
      .update(`${String(timestamp)}.${hit.body}`)
      .digest('hex');
    expect(signature).toBe(`sha256=${right}`);
    const sent = JSON.parse(hit.body) as { id: string; subject: string; short: string };
    expect(sent).toMatchObject({ id: key, subject: expect.stringContaining('Too many dossiers') });
    await it.table.acknowledge(ANN, 'one');
    await vi.waitFor(() => expect(hook.hits).toHaveLength(2), PATIENCE);
    await vi.waitFor(async () => {
      const lines = await ledger(it.table, 'one');
      expect(lines.filter(([action]) => action === 'alert.told')).toHaveLength(4);
      expect(lines).toContainEqual([
        'alert.told',
        { receiver: 'hook', channel: 'webhook', message: key, attempt: 1, said: '200 noted' },
      ]);
    }, PATIENCE);
    expect(await it.registry.getSingleMetricAsString('room_deliveries_total')).toContain(
      '{channel="mail",result="delivered"} 2',
    );
  });

  it('loses none while receivers refuse, break off and the process is ended and begun again', async (context) => {
    await using hook = await hooked((_, respond) => respond(hook.hits.length % 3 === 0 ? 200 : 503));
    await using it = await opened(
      context,
      {
        police: mailTo('mps@example.org'),
        hook: { name: 'hook', language: 'en', to: { channel: 'webhook', url: hook.url, scope: 'all' } },
      },
      [route({}, ['police', 'hook'])],
    );
    let n = 0;
    it.post.refuses = () => (['refused', 'broken', 'no'] as const)[n++ % 3] ?? 'no';
    const waits = Array.from({ length: 40 }, () => 20);
    let notifier = it.start(waits, 3_000);
    const ids = Array.from({ length: 10 }, (_, index) => `a-${index}`);
    for (const [index, id] of ids.entries()) {
      await rings(it.table, id, 'MPS');
      if (index % 4 !== 3) continue;
      await notifier.stop();
      notifier = it.start(waits, 3_000);
    }
    const seen = (texts: string[]) =>
      ids.filter((id) => texts.some((text) => text.includes(`alert=${id}\n`) || text.includes(`"id":"${id}"`)));
    const bodies = () =>
      it.post.got.map(({ text }) => text.replace(/=\r\n/g, '').replaceAll('=3D', '=').replaceAll('\r\n', '\n'));
    await vi.waitFor(
      async () => {
        const left = await it.database.read((query) => query.selectFrom('outbox').select(['id', 'error']).execute());
        expect(left).toEqual([]);
        expect(await it.database.read((query) => query.selectFrom('notice').select('event').execute())).toEqual([]);
      },
      { timeout: 45_000, interval: 100 },
    );
    expect(seen(bodies())).toEqual(ids);
    expect(seen(hook.hits.map(({ body }) => body))).toEqual(ids);
    // Whoever counts by the key counts each once.
    expect(new Set(hook.hits.map(({ headers }) => headers['idempotency-key'])).size).toBe(ids.length);
    expect(new Set(it.post.got.map(({ id }) => id)).size).toBe(ids.length);
  });

  it('gives up after its waits, says so, and sends again what is asked for', async (context) => {
    await using it = await opened(context, { police: mailTo('mps@example.org') }, [route({}, ['police'])]);
    it.post.refuses = () => 'refused';
    it.start([1]);
    await rings(it.table, 'one', 'MPS');
    const outgoing = () => it.notifying.notices.outgoing(['mail'], 10);
    await vi.waitFor(async () => expect(await outgoing()).toMatchObject([{ is_dead: 1, attempts: 2 }]), PATIENCE);
    expect((await ledger(it.table, 'one')).map(([action]) => action)).toEqual([
      'alert.fired',
      'alert.tell_failed',
      'alert.tell_given_up',
    ]);
    expect(await it.notifying.notices.counts(['mail'])).toEqual({ dead: 1, waiting: 0 });
    expect(await it.registry.getSingleMetricAsString('room_deliveries_oldest_seconds')).toMatch(
      /^room_deliveries_oldest_seconds 0$/m,
    );
    it.post.refuses = () => 'no';
    const [dead] = await outgoing();
    expect(await it.database.write(ANN, ({ query }) => revive(query, dead?.id ?? ''))).toBe(true);
    await vi.waitFor(() => expect(it.post.got).toMatchObject([{ to: 'mps@example.org' }]), PATIENCE);
  });

  it('a receiver that hangs delays nobody else on its channel', async (context) => {
    await using hung = await hooked(() => undefined);
    await using hook = await hooked((_, respond) => respond(204));
    const to = (url: string): Receiver => ({
      name: 'hook',
      language: 'en',
      to: { channel: 'webhook', url, scope: 'all' },
    });
    await using it = await opened(context, { hung: to(hung.url), hook: to(hook.url) }, [route({}, ['hung', 'hook'])]);
    it.start();
    for (let n = 0; n < 20; n++) await rings(it.table, `a-${n}`, 'MPS');
    await vi.waitFor(() => expect(hook.hits).toHaveLength(20), PATIENCE);
    expect(hung.hits.length).toBeLessThanOrEqual(2);
  });

  it('nor do more of them than a channel has places', async (context) => {
    await using hung = await hooked(() => undefined);
    await using hook = await hooked((_, respond) => respond(204));
    const to = (url: string): Receiver => ({
      name: 'hook',
      language: 'en',
      to: { channel: 'webhook', url, scope: 'all' },
    });
    const hanging = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`hung-${n}`, to(hung.url)]));
    // The one that answers is told last of all.
    await using it = await opened(context, { ...hanging, last: to(hook.url) }, [
      route({}, [...Object.keys(hanging), 'last']),
    ]);
    it.start();
    const began = performance.now();
    for (let n = 0; n < 3; n++) await rings(it.table, `a-${n}`, 'MPS');
    await vi.waitFor(() => expect(hook.hits).toHaveLength(3), PATIENCE);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(hung.hits.length).toBeLessThanOrEqual(40);
  });

  it('tells nobody of another ministry, whatever routes say, nor of what is silenced or follows from a silent portal', async (context) => {
    await using it = await opened(context, { police: mailTo('mps@example.org'), health: mailTo('moh@example.org') }, [
      route({}, ['police', 'health']),
    ]);
    await it.notifying.silences.create(ANN, 's', {
      match: { rule: ['R-quiet'] },
      until: Date.now() + 60_000,
      reason: 'works',
    });
    it.start();
    await rings(it.table, 'one', 'MPS');
    await rings(it.table, 'quiet', 'MPS');
    await rings(it.table, 'silent', 'urn:portal:agency:MPS', rule('warning', { kind: 'silent' }), 'source');
    await vi.waitFor(() => expect(it.post.got).toHaveLength(2), PATIENCE);
    await rings(it.table, 'after', 'MPS');
    await vi.waitFor(async () => expect(await ledger(it.table, 'after')).toHaveLength(3), PATIENCE);
    expect(it.post.got.map(({ to }) => to)).toEqual(['mps@example.org', 'mps@example.org']);
    expect(await ledger(it.table, 'one')).toContainEqual([
      'alert.not_told',
      { receiver: 'health', why: 'outside-scope' },
    ]);
    expect(await ledger(it.table, 'quiet')).toContainEqual(['alert.not_told', { receiver: 'police', why: 'silenced' }]);
    expect(await ledger(it.table, 'after')).toContainEqual(['alert.not_told', { receiver: 'police', why: 'follows' }]);
  });

  it('tells whoever is on duty, once, by routes and escalations, and says where nobody is', async (context) => {
    await using it = await opened(context, { police: mailTo('mps@example.org') }, [
      route({ rule: ['R-gap'] }, ['empty']),
      route({}, ['duty', 'police'], { escalation: [{ afterMinutes: 1, receivers: ['duty'] }] }),
    ]);
    const duty = { name: 'duty', handover: '00:00', weeks: {} };
    await it.notifying.rosters.create(ANN, 'duty', { ...duty, otherwise: 'police' });
    await it.notifying.rosters.create(ANN, 'empty', duty);
    it.start();
    await rings(it.table, 'one', 'MPS');
    await rings(it.table, 'gap', 'MPS');
    await vi.waitFor(() => expect(it.post.got).toHaveLength(1), PATIENCE);
    await vi.waitFor(async () => {
      expect(await ledger(it.table, 'gap')).toContainEqual([
        'alert.not_told',
        { receiver: 'empty', roster: 'empty', why: 'nobody-on-duty' },
      ]);
      expect(await ledger(it.table, 'one')).toContainEqual([
        'alert.told',
        expect.objectContaining({ receiver: 'police', roster: 'duty', channel: 'mail' }),
      ]);
    }, PATIENCE);
    await it.database.write(ANN, async ({ query }) => {
      await query.updateTable('notice').set({ due_at: new Date().toISOString() }).where('step', '=', 1).execute();
    });
    await vi.waitFor(async () => {
      const lines = await ledger(it.table, 'one');
      expect(lines).toContainEqual(['alert.escalated', { receiver: 'police', roster: 'duty' }]);
    }, PATIENCE);
    await vi.waitFor(() => expect(it.post.got).toHaveLength(2), PATIENCE);
  });

  it('groups what comes within the wait, and escalates what nobody acknowledged', async (context) => {
    await using it = await opened(
      context,
      { police: mailTo('mps@example.org'), chief: { ...mailTo('mps@example.org'), language: 'en' } },
      [
        route({}, ['police'], {
          waitSeconds: 1,
          groupBy: ['agency'],
          escalation: [{ afterMinutes: 1, receivers: ['chief'] }],
        }),
      ],
    );
    it.start();
    for (const id of ['one', 'two', 'three']) await rings(it.table, id, 'MPS');
    await vi.waitFor(() => expect(it.post.got).toHaveLength(1), PATIENCE);
    const waiting = () => it.database.read((query) => query.selectFrom('notice').selectAll().execute());
    expect(await waiting()).toHaveLength(3);
    await it.table.acknowledge(ANN, 'two');
    // A minute goes by.
    await it.database.write(ANN, async ({ query }) => {
      await query.updateTable('notice').set({ due_at: new Date().toISOString() }).where('step', '=', 1).execute();
    });
    await vi.waitFor(async () => expect(await waiting()).toEqual([]), PATIENCE);
    const escalated = async (id: string) =>
      (await ledger(it.table, id)).filter(([action]) => action === 'alert.escalated').length;
    expect([await escalated('one'), await escalated('two'), await escalated('three')]).toEqual([1, 0, 1]);
  });
});

it('reaches no private address that is not allowed, by whatever name', async () => {
  await using hook = await hooked((_, respond) => respond(200));
  const database = {} as Database;
  const { bring } = prepareNotifying({
    database,
    catalogue,
    people: { list: async () => [] },
    mail: undefined,
    webhookAllow: ['10.9.0.0/16'],
    telegram: undefined,
    url: 'https://room.example.org',
    registry: createRegistry(),
    report: () => undefined,
  });
  const texts = { subject: '', text: '', short: '' };
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0.0.0.0']) {
    const url = hook.url.replace('127.0.0.1', host);
    const receiver: Receiver = { name: 'hook', language: 'en', to: { channel: 'webhook', url, scope: 'all' } };
    const brought = bring(receiver, { key: 'k', receiver: 'r', texts, notices: [] }, AbortSignal.timeout(5_000));
    await expect(brought, host).rejects.toThrow();
  }
  expect(hook.hits).toEqual([]);
});

it('of addresses, those are private that lead inside by any way of writing or translating them', () => {
  const isAllowed = allowing(['10.9.0.0/16']);
  const inside = [
    '10.8.0.1',
    '::ffff:10.8.0.1',
    '::ffff:0:10.8.0.1',
    '64:ff9b::10.8.0.1',
    '2002:a08:1::',
    '::10.8.0.1',
  ];
  for (const address of [...inside, 'fe80::1%eth0', 'fd00::1', '3fff::1', '5f00::1', '255.255.255.255'])
    expect([address, isAllowed(address)]).toEqual([address, false]);
  for (const address of ['10.9.8.7', '::ffff:10.9.8.7', '8.8.8.8', '::ffff:8.8.8.8', '2606:4700::1111'])
    expect([address, isAllowed(address)]).toEqual([address, true]);
});

it('is on duty from one handover to the next, and says where nobody is', () => {
  const roster = { name: 'duty', handover: '08:00', weeks: { '2026-11-16': 'an', '2026-11-23': 'binh' } };
  const told = (text: string, more = {}) =>
    onDuty({ ...roster, ...more }, Date.parse(`${text}+07:00`), catalogue.timeZone);
  expect(told('2026-11-16T07:59:59')).toBeUndefined();
  expect(told('2026-11-16T08:00:00')).toBe('an');
  expect(told('2026-11-22T23:59:59')).toBe('an');
  expect(told('2026-11-23T07:59:59')).toBe('an');
  expect(told('2026-11-23T08:00:00')).toBe('binh');
  expect(told('2026-11-30T08:00:00')).toBeUndefined();
  expect(told('2026-11-30T08:00:00', { otherwise: 'chi' })).toBe('chi');
  expect(rosterSchema.safeParse(roster).success).toBe(true);
  for (const weeks of [{ '2026-11-17': 'an' }, { '2026-11-16': 'An' }, { monday: 'an' }])
    expect(rosterSchema.safeParse({ ...roster, weeks }).success).toBe(false);
});

it('routes by labels in their order, each receiver once', () => {
  const routes = [
    route({ severity: ['critical'] }, ['duty'], { goesOn: true }),
    route({ agency: ['MPS'] }, ['police', 'duty']),
    route({}, ['rest']),
  ];
  const subject = { dim: 'agency', code: 'MPS', rule: 'R', body: rule('critical') } as const;
  const labels = labelsOf(subject, catalogue);
  const told = toldBy(routesFor({ routes }, labels), labels, 'a', true).map(({ receiver }) => receiver);
  expect(told).toEqual(['duty', 'police']);
  expect(labelsOf({ ...subject, body: { ...subject.body, labels: { agency: 'MOH' } } }, catalogue)['agency']).toBe(
    'MPS',
  );
});

it('waits for working hours', () => {
  const at = (text: string): number => Date.parse(`${text}+07:00`);
  const from = (text: string): string =>
    new Date(toldFrom({ from: '07:30', to: '17:00' }, at(text), catalogue)).toISOString();
  expect(from('2026-11-25T09:00:00')).toBe(new Date(at('2026-11-25T09:00:00')).toISOString());
  expect(from('2026-11-25T18:00:00')).toBe(new Date(at('2026-11-26T07:30:00')).toISOString());
  // A Friday evening.
  expect(from('2026-11-27T18:00:00')).toBe(new Date(at('2026-11-30T07:30:00')).toISOString());
});

it('cuts whole characters and whole numbers, and says that it did', () => {
  expect(cutTo('Hồ sơ 1.234.567', 40)).toBe('Hồ sơ 1.234.567');
  expect(cutTo('Hồ sơ 1.234.567', 12)).toBe('Hồ sơ …');
  expect(cutTo('Hồ sơ 12 và 34', 10)).toBe('Hồ sơ 12…');
  expect(cutTo('12,5 %, rồi nữa', 5)).toBe('…');
  expect(cutTo('12,5 % rồi nữa', 6)).toBe('12,5…');
  // A flag of two code points, a letter with its mark.
  expect(cutTo('ab🇻🇳cdefgh', 7)).toBe('ab…');
  expect(cutTo(`abcde\u0301fgh`, 7)).toBe('abcd…');
  const text = fc.string({
    maxLength: 60,
    unit: fc.constantFrom('1', '9', '.', ',', ' ', 'a', 'e\u0301', '🇻🇳', '👨‍👩‍👧'),
  });
  fc.assert(
    fc.property(text, fc.nat(60), (whole, most) => {
      const cut = cutTo(whole, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      if (cut === whole || most < 1) return;
      expect(cut.endsWith('…')).toBe(true);
      const kept = cut.slice(0, -1);
      expect(whole.startsWith(kept)).toBe(true);
      expect([...new Intl.Segmenter('vi').segment(whole)].map(({ index }) => index)).toContain(kept.length);
      expect(`${kept.slice(-1)}${whole.slice(kept.length, kept.length + 1)}`).not.toMatch(/^\d\d$/);
    }),
  );
});

it('tells a number from the limit that it crossed', () => {
  const when = { kind: 'coverage', limit: 0.9 } as const;
  const notice: Notice = {
    id: '3f0c1a52-0000-4000-8000-000000000000',
    rule: 'R',
    dim: 'all',
    code: '',
    body: { ...rule('critical'), when },
    action: 'alert.fired',
    at: '2026-11-19T03:00:00.000Z',
    who: 'room',
    isEscalated: false,
    reading: { at: 0, value: 0.8998, limit: 0.9 },
  };
  const { short } = textsOf([notice], { language: 'vi', catalogue, url: 'https://room.example.org/' });
  expect(short).toContain(': 89,98%, ngưỡng 90%');
});

it('says all in both languages, and in 400 characters where that is wanted', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('vi' as const, 'en' as const),
      fc.oneof(
        fc.string({ minLength: 1, maxLength: 600, unit: 'grapheme' }),
        fc.stringMatching(/^(\d{1,3}[.,: ]|é|🇻🇳){0,200}$/),
      ),
      fc.constantFrom(...AGENCIES),
      fc.integer({ min: 1, max: 5 }),
      (language, name, code, n) => {
        const body = { ...rule('critical'), label: { vi: name, en: name } };
        const notice: Notice = {
          id: '3f0c1a52-0000-4000-8000-000000000000',
          rule: 'R',
          dim: 'agency',
          code,
          body,
          action: 'alert.fired',
          at: '2026-11-19T03:00:00.000Z',
          who: 'room',
          isEscalated: false,
          reading: { at: 0, value: 151, limit: 100 },
        };
        const texts = textsOf([notice, ...Array.from({ length: n - 1 }, () => notice)], {
          language,
          catalogue,
          url: 'https://room.example.org/',
        });
        expect(texts.short.length).toBeLessThanOrEqual(SHORT);
        expect(texts.short).toContain(`https://room.example.org/alerts?alert=${notice.id}`);
        expect(texts.short).not.toMatch(/\p{Surrogate}/u);
        // Numbers stand whole, whatever had to be cut.
        expect(texts.short).toMatch(language === 'vi' ? /: 151, ngưỡng 100(, | http)/ : /: 151, limit 100(, | http)/);
        expect(texts.subject).not.toMatch(/[\r\n]/);
      },
    ),
  );
});

it('what several ministries share is told to each of them, and muted where each is', () => {
  const shared = {
    ...catalogue,
    groups: [
      {
        dimension: 'service' as const,
        name: 'essential',
        label: { vi: 'd', en: 's' },
        codes: ['DV03'],
        agencies: { DV03: ['MPS', 'MOJ'] },
        of: 1,
      },
    ],
  };
  const routes = [
    route({ agency: ['MPS'] }, ['police', 'duty']),
    route({ agency: ['MOJ'] }, ['justice', 'duty']),
    route({}, ['rest']),
  ];
  const subject = { dim: 'service', code: 'DV03', rule: 'R', body: rule('critical') } as const;
  const told = (of: typeof shared): string[] =>
    toldOfEach({ routes }, labelsOfEach(subject, of), 'a', true).map(({ receiver }) => receiver);
  expect(told(shared)).toEqual(['police', 'duty', 'justice']);
  expect(told({ ...shared, groups: [] })).toEqual(['police', 'duty']);
  const each = labelsOfEach(subject, shared);
  expect([isMuted({ agency: ['MOJ'] }, each), isMuted({ agency: ['MOJ', 'MPS'] }, each), isMuted({}, each)]).toEqual([
    false,
    true,
    true,
  ]);
});
