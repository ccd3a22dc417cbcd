/** A room that is killed before it told somebody, while it waits for a group or in the middle of telling: counted by those who are told. */
import type { Alerts } from '@room/contract';
import { expect, it, vi } from 'vitest';
import { NATIONAL, send, submission } from '../../harness/client.ts';
import { firstAdministrator } from '../../harness/cookies.ts';
import { openPost } from '../../harness/post.ts';
import { startRoom } from '../../harness/room.ts';
import { hooked } from './scene.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const WAIT_SECONDS = 2;
/** Milliseconds after the alert began that the room is killed: within the wait, and about when both leave. */
const KILLED = [0, 2_150];

it('tells each of it at least once, whenever it is killed, and twice by one key alone', {
  timeout: 180_000,
}, async () => {
  await using post = await openPost();
  await using hook = await hooked((_, respond) => respond(200));
  await using room = await startRoom({
    env: { WEBHOOK_ALLOW: '127.0.0.1', SMTP_URL: post.url, MAIL_FROM: 'room@example.org' },
  });
  const administrator = await firstAdministrator(room);
  const label = { vi: 'để thử', en: 'a test' };
  for (const n of KILLED.keys())
    await administrator.told('/v1/rules', {
      id: `CROSSED-${n}`,
      label,
      reason: label,
      owner: 'somebody',
      severity: 'critical',
      over: { dim: 'all' },
      when: {
        kind: 'threshold',
        measure: 'submitted',
        window: { kind: 'today' },
        side: 'above',
        against: { kind: 'value', limit: (n + 1) * 1_000 },
      },
    });
  const receiver = (id: string, to: object) =>
    administrator.told('/v1/receivers', { id, name: id, language: 'en', to });
  await receiver('mailed', { channel: 'mail', person: 'lan', address: 'duty@example.org' });
  await receiver('hooked', { channel: 'webhook', url: hook.url, scope: 'all' });
  await administrator.told('/v1/receivers/hooked/secret', {});
  await administrator.told('/v1/routing', {
    version: 0,
    routes: [
      {
        match: { severity: ['critical'] },
        receivers: ['mailed', 'hooked'],
        groupBy: ['rule'],
        waitSeconds: WAIT_SECONDS,
        goesOn: false,
        escalation: [],
      },
    ],
  });
  const ids: string[] = [];
  for (const [n, after] of KILLED.entries()) {
    await send(room, [submission(`k-${n}`, { count: 1_001 }, { source: NATIONAL })], NATIONAL);
    const begun = await vi.waitFor(async () => {
      const { alerts } = await administrator.told<Alerts>('/v1/alerts');
      const alert = alerts.find(({ rule }) => rule === `CROSSED-${n}`);
      expect(alert).toBeDefined();
      return alert as Alerts['alerts'][number];
    }, PATIENCE);
    ids.push(begun.id);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun.beganAt + after - Date.now())));
    await room.kill();
    await room.restart();
  }
  const mails = () => post.got.map(({ text }) => text.replace(/=\r\n/g, '').replaceAll('=3D', '='));
  await vi.waitFor(() => {
    for (const id of ids) {
      expect(hook.hits.some(({ body }) => body.includes(id))).toBe(true);
      expect(mails().some((text) => text.includes(id))).toBe(true);
    }
  }, PATIENCE);
  await vi.waitFor(
    async () => expect(await administrator.told('/v1/deliveries')).toEqual({ deliveries: [] }),
    PATIENCE,
  );
  for (const id of ids) {
    const keys = hook.hits.filter(({ body }) => body.includes(id)).map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    const messages = mails()
      .filter((text) => text.includes(id))
      .map((text) => /^message-id: (.*)$/im.exec(text)?.[1]);
    expect(new Set(messages).size).toBe(1);
  }
});
