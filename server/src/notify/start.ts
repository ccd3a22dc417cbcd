/** Who is told of alerts: what an administrator keeps, and what the process that leads does with it. */

import type { Person, Routing, Silence } from '@room/contract';
import {
  asKept,
  type Catalogue,
  CHANNELS,
  type Receiver,
  type Roster,
  receiverSchema,
  rosterSchema,
  routingSchema,
  type Scope,
  scopeOf,
  silenceSchema,
} from '@room/contract';
import { AlertTable, type Database, DirectiveTable, Documents, NoticeTable } from '@room/database';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Channels, type Outgoing, through } from './channels/channel.ts';
import { type MailSettings, mailBy } from './channels/mail.ts';
import { type TelegramSettings, telegramBy } from './channels/telegram.ts';
import { allowing, webhookBy } from './channels/webhook.ts';
import { Notifier, type NotifierOptions, ROUTING } from './notifier.ts';

export const RECEIVER = 'receiver';
export const ROSTER = 'roster';
export const SILENCE = 'silence';
/** Characters of what a receiver answered. */
const MOST_SAID = 500;

export interface NotifyingOptions {
  database: Database;
  catalogue: Catalogue;
  people: Pick<Documents<Person>, 'list'>;
  mail: MailSettings | undefined;
  webhookAllow: readonly string[];
  telegram: TelegramSettings | undefined;
  /** Where browsers reach the room. */
  url: string;
  registry: Registry;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
}

export interface Notifying {
  receivers: Documents<Receiver>;
  rosters: Documents<Roster>;
  routing: Documents<Routing>;
  silences: Documents<Silence>;
  notices: NoticeTable;
  bring: (receiver: Receiver, outgoing: Outgoing, signal: AbortSignal) => Promise<string>;
  /** Where browsers reach the room. */
  url: string;
  /** The work of whoever leads. Tries for a day without a `pace`. */
  begin: (pace?: NotifierOptions['pace']) => Notifier;
}

/** Throws where a setting is none. */
export function prepareNotifying(options: NotifyingOptions): Notifying {
  const { database, catalogue, people, mail, webhookAllow, telegram, url, registry, report } = options;
  const notices = new NoticeTable(database);
  const receivers = new Documents<Receiver>({ database, kind: RECEIVER, schema: asKept(receiverSchema) });
  const rosters = new Documents<Roster>({ database, kind: ROSTER, schema: asKept(rosterSchema) });
  const routing = new Documents<Routing>({ database, kind: ROUTING, schema: asKept(routingSchema) });
  const silences = new Documents<Silence>({ database, kind: SILENCE, schema: asKept(silenceSchema) });
  const secretOf = async (receiver: string): Promise<string> => {
    const secret = await notices.secret(receiver);
    if (secret === undefined) throw new Error('it has no secret to sign with: make it one at /alerts/routes');
    return secret;
  };
  const channels: Channels = {
    mail: mailBy(mail),
    webhook: webhookBy(allowed(webhookAllow), secretOf),
    telegram: telegramBy(telegram),
  };
  const bring = async ({ to }: Receiver, outgoing: Outgoing, signal: AbortSignal): Promise<string> => {
    try {
      return printable(await through(channels, to, outgoing, signal));
    } catch (error) {
      throw new Error(printable((error as Error).message), { cause: error });
    }
  };
  const told = measured(registry, notices);
  const scopeOfReceiver = async ({ to }: Receiver): Promise<Scope | undefined> => {
    if (to.channel !== 'mail') return granted(to.scope, catalogue);
    const person = (await people.list()).find(({ id }) => id === to.person)?.body;
    return person === undefined || person.isDisabled ? undefined : granted(person.scope, catalogue);
  };
  return {
    receivers,
    rosters,
    routing,
    silences,
    notices,
    bring,
    url,
    begin: (pace) =>
      new Notifier({
        database,
        catalogue,
        alerts: new AlertTable(database),
        directives: new DirectiveTable(database),
        notices,
        receivers,
        rosters,
        routing,
        silences,
        scopeOf: scopeOfReceiver,
        bring,
        url,
        told,
        report,
        ...(pace === undefined ? {} : { pace }),
      }),
  };
}

/** What a stranger answered, as ledger and pages keep it: some say much, and a database keeps no NUL. */
const printable = (said: string): string =>
  said
    .slice(0, MOST_SAID)
    .replace(/[\p{Cc}\p{Bidi_Control}\p{Cs}]+/gu, ' ')
    .trim();

function allowed(networks: readonly string[]): ReturnType<typeof allowing> {
  try {
    return allowing(networks);
  } catch (error) {
    throw new Error(`WEBHOOK_ALLOW: ${(error as Error).message}`, { cause: error });
  }
}

/** Undefined where the catalogue has a unit no more: then nothing is told, rather than too much. */
function granted(grant: Parameters<typeof scopeOf>[0], catalogue: Catalogue): Scope | undefined {
  try {
    return scopeOf(grant, catalogue);
  } catch {
    return undefined;
  }
}

const RESULTS = ['delivered', 'failed', 'dead'] as const;

function measured(
  registry: Registry,
  notices: NoticeTable,
): (channel: string, result: (typeof RESULTS)[number]) => void {
  const registers = [registry];
  const attempts = new Counter({
    name: 'room_deliveries_total',
    help: 'Attempts of this process to tell somebody of alerts, by channel and result: delivered; failed, to be tried again; dead, given up',
    labelNames: ['channel', 'result'],
    registers,
  });
  for (const channel of CHANNELS) for (const result of RESULTS) attempts.inc({ channel, result }, 0);
  new Gauge({
    name: 'room_deliveries_waiting',
    help: 'Messages of alerts in the outbox: waiting, or dead, which somebody has to send again; absent while the database is away',
    labelNames: ['state'],
    registers,
    async collect() {
      const counts = await notices.counts(CHANNELS).catch(() => undefined);
      if (counts === undefined) return this.reset();
      this.set({ state: 'waiting' }, counts.waiting);
      this.set({ state: 'dead' }, counts.dead);
    },
  });
  new Gauge({
    name: 'room_deliveries_oldest_seconds',
    help: 'Age of the oldest message of alerts that waits in the outbox and was not given up; 0 where none waits',
    registers,
    async collect() {
      const counts = await notices.counts(CHANNELS).catch(() => undefined);
      if (counts === undefined) return this.remove();
      const { oldest } = counts;
      this.set(oldest === undefined ? 0 : Math.max(0, (Date.now() - Date.parse(oldest)) / 1_000));
    },
  });
  return (channel, result) => attempts.inc({ channel, result });
}
