/**
 * Tells receivers of what became of alerts, in the one process that leads. An event is routed in the transaction that takes it from
 * the outbox, and leaves in the one that takes it from those who wait; only the last step, to the receiver, may happen twice.
 */
import {
  type AlertAnswer,
  type AlertOutcome,
  type Catalogue,
  CHANNELS,
  DIRECTIVE_KINDS,
  onDuty,
  owns,
  type Reading,
  type Receiver,
  type Roster,
  type Routing,
  type Rule,
  type Scope,
  type Silence,
} from '@room/contract';
import {
  ALERT,
  type AlertEvent,
  type AlertRow,
  type AlertTable,
  type Attempted,
  type Database,
  Delivery,
  type DeliveryOptions,
  DIRECTIVE,
  type DirectiveEvent,
  type DirectiveTable,
  type Document,
  type Documents,
  type Edit,
  type GoneRow,
  type Message,
  type NoticeRow,
  type NoticeTable,
} from '@room/database';
import { within } from '@room/runtime';
import type { Outgoing } from './channels/channel.ts';
import { directiveNotice, taskSubject } from './directive.ts';
import {
  followsFrom,
  isMuted,
  labelsOfEach,
  memberOf,
  type Subject,
  type Told,
  toldFrom,
  toldOfEach,
} from './routing.ts';
import { type Notice, textsOf } from './words.ts';

export const ROUTING = 'routing';

export interface NotifierOptions {
  database: Database;
  catalogue: Catalogue;
  alerts: Pick<AlertTable, 'get' | 'list'>;
  directives: Pick<DirectiveTable, 'some'>;
  notices: NoticeTable;
  receivers: Pick<Documents<Receiver>, 'list'>;
  rosters: Pick<Documents<Roster>, 'list'>;
  routing: Pick<Documents<Routing>, 'get'>;
  silences: Pick<Documents<Silence>, 'list'>;
  /** What a receiver may be told; undefined where it is nobody any more. */
  scopeOf: (receiver: Receiver) => Promise<Scope | undefined>;
  bring: (receiver: Receiver, outgoing: Outgoing, signal: AbortSignal) => Promise<string>;
  url: string;
  told: (channel: string, result: 'delivered' | 'failed' | 'dead') => void;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Those of a delivery without it. */
  pace?: Pick<DeliveryOptions, 'waits' | 'patienceMs'>;
}

/** What somebody is told of. That an alert recovers is not yet one. */
const TOLD = new Set([
  'alert.fired',
  'alert.unknown',
  'alert.known_again',
  'alert.ended',
  'alert.acknowledged',
  'alert.answered',
]);
/** The same of what was ordered because of one. */
const DIRECTED: ReadonlySet<string> = new Set([
  'task.taken_back',
  ...DIRECTIVE_KINDS.flatMap((kind) =>
    ['given', 'changed', 'answered', 'confirmed', 'sent_back', 'withdrawn', 'restored', 'due_soon', 'overdue'].map(
      (what) => `${kind}.${what}`,
    ),
  ),
]);
const CALLS = new Set(['alert.fired', 'alert.unknown']);
const FOLLOWS = new Set(['alert.fired', 'alert.unknown', 'alert.known_again']);
const LOOK_MS = 500;
const STOP_MS = 4_000;
const LANE_WIDTH = 2;
const WIDTH = 16;
/** Alerts of one message. */
const MOST_TOGETHER = 100;

const instant = (at: number): string => new Date(at).toISOString();

/** A message to one receiver, as it waits in the outbox. */
export interface Letter {
  receiver: string;
  /** By which it was their turn. */
  roster?: string;
  notices: [Notice, ...Notice[]];
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #stopping = new AbortController();
  #deliveries: AsyncDisposable[] = [];
  #wake: () => void = () => undefined;
  #done: Promise<void> = Promise.resolve();
  #said = '';

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  start(): void {
    const { database, report, pace } = this.#options;
    const more = { database, report, ...pace };
    this.#deliveries = [
      new Delivery<Routed[]>({
        ...more,
        channel: ALERT,
        // One after the other: two that are routed at once would each begin a group.
        width: 1,
        deliver: (message) => this.#route(message),
        settle: (edit, message, attempted) => this.#routed(edit, message, attempted),
      }),
      new Delivery<Routed[]>({
        ...more,
        channel: DIRECTIVE,
        width: 1,
        deliver: (message) => this.#routeDirective(message),
        settle: (edit, message, attempted) => this.#routed(edit, message, attempted),
      }),
      ...CHANNELS.map(
        (channel) =>
          new Delivery<Brought>({
            ...more,
            channel,
            width: WIDTH,
            laneWidth: LANE_WIDTH,
            deliver: (message, signal) => this.#bring(message, signal),
            settle: (edit, message, attempted) => this.#brought(edit, channel, message, attempted),
          }),
      ),
    ];
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await within(Promise.all([this.#done, ...this.#deliveries.map((each) => each[Symbol.asyncDispose]())]), STOP_MS);
  }

  async #route({ body }: Message): Promise<Routed[]> {
    const { alerts } = this.#options;
    const event = body as AlertEvent;
    const row = TOLD.has(event.action) ? await alerts.get(event.alert) : undefined;
    if (row === undefined) return [];
    return this.#takes([noticeOf(subjectOf(row), event)], CALLS.has(event.action));
  }

  /** It takes the routes of its unit, by the rule that its alert rang by; a task those of its own. */
  async #routeDirective({ body }: Message): Promise<Routed[]> {
    const { alerts, directives } = this.#options;
    const event = body as DirectiveEvent;
    if (!DIRECTED.has(event.action)) return [];
    const rows: readonly (GoneRow & { alert?: string | null })[] =
      event.gone ?? (await directives.some([event.directive, ...(event.others ?? [])]));
    const notices: Notice[] = [];
    for (const row of rows) {
      const alert = row.alert == null ? undefined : await alerts.get(row.alert);
      if (row.kind === 'task') notices.push(directiveNotice(row, taskSubject(row), event));
      else if (alert !== undefined) notices.push(directiveNotice(row, subjectOf(alert), event));
    }
    return this.#takes(notices, false);
  }

  async #takes(notices: readonly Notice[], escalates: boolean): Promise<Routed[]> {
    if (notices.length === 0) return [];
    const { catalogue, routing } = this.#options;
    const routes = (await routing.get(ROUTING))?.body ?? { routes: [] };
    return notices.flatMap((notice) => {
      const told = toldOfEach(routes, labelsOfEach(notice, catalogue), notice.id, escalates);
      return told.length === 0 ? [] : { told, notice };
    });
  }

  async #routed(edit: Edit, { id, createdAt }: Message, attempted: Attempted<Routed[]>): Promise<void> {
    if (!attempted.ok || attempted.answer.length === 0) return;
    const routed = attempted.answer;
    const each = routed.flatMap(({ told, notice }) => told.map((one) => ({ ...one, notice })));
    for (const { notice, receiver, step, afterMs, grouping } of each)
      await this.#options.notices.add(edit, {
        // One message may tell of several.
        event: routed.length === 1 ? id : `${id} ${notice.id}`,
        receiver,
        step,
        alert: notice.id,
        grouping,
        body: JSON.stringify({ ...notice, isEscalated: step > 0 }),
        due_at: instant(Date.parse(createdAt) + afterMs),
      });
    // Once it is committed; a look that came too early is followed by the next.
    setTimeout(() => this.#wake(), 0);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const woken = this.#rest();
      try {
        await this.#look();
        this.#said = '';
      } catch (error) {
        const { message } = error as Error;
        if (message !== this.#said) this.#options.report('warn', `nobody is told of alerts now: ${message}`);
        this.#said = message;
      }
      await woken;
    }
  }

  /** Until something was routed, or for a while. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #look(): Promise<void> {
    const { notices, receivers, rosters, silences, alerts, database, scopeOf, catalogue } = this.#options;
    const due = await notices.due(instant(Date.now()));
    if (due.length === 0) return;
    const [known, turns, quiet, open] = await Promise.all([
      receivers.list(),
      rosters.list(),
      silences.list(),
      alerts.list('open', 0),
    ]);
    const now = Date.now();
    const duty = new Map(turns.map(({ id, body }) => [id, onDuty(body, now, catalogue.timeZone)]));
    const byId = new Map(known.map((each) => [each.id, each.body]));
    const scene = { quiet, open: new Map(open.map((row) => [row.id, row])) };
    const groups = new Map<string, NoticeRow[]>();
    for (const row of due) {
      // Whoever has the turn and is named besides is told once.
      const to = duty.get(row.receiver) ?? row.receiver;
      const key = `${to}\n${row.step}\n${row.grouping}`;
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    let failed: unknown;
    for (const group of groups.values())
      for (let at = 0; at < group.length && !this.#stopping.signal.aborted; at += MOST_TOGETHER) {
        const rows = group.slice(at, at + MOST_TOGETHER);
        const named = rows[0]?.receiver ?? '';
        const to = duty.has(named) ? duty.get(named) : named;
        const receiver = byId.get(to ?? '');
        try {
          const scope = receiver === undefined ? undefined : await scopeOf(receiver);
          await database.write({ who: 'room' }, (edit) =>
            this.#leave(edit, rows, { ...scene, to, duty, receiver, scope }),
          );
        } catch (error) {
          // What cannot be told holds up nobody else.
          failed ??= error;
        }
      }
    if (failed !== undefined) throw failed;
  }

  /** Of one receiver: what is told now leaves as one message, of what never is it is written why. */
  async #leave(edit: Edit, rows: readonly NoticeRow[], scene: Scene): Promise<void> {
    const { notices } = this.#options;
    const { receiver } = scene;
    const now = new Map<string, Notice>();
    const named = rows[0]?.receiver ?? '';
    const to = scene.to ?? named;
    const roster = rows.find((row) => scene.duty.has(row.receiver))?.receiver;
    const told = { receiver: to, ...(roster === undefined ? {} : { roster }) };
    for (const row of rows) {
      const notice = JSON.parse(row.body) as Notice;
      const decided = this.#decide(notice, scene);
      if (decided.kind === 'later') {
        await notices.later(edit, row, decided.due);
        continue;
      }
      if (!(await notices.take(edit, row))) continue;
      if (decided.kind === 'never') {
        if (decided.why !== undefined) record(edit, notice, 'alert.not_told', { ...told, why: decided.why });
        continue;
      }
      if (now.has(row.event)) continue;
      now.set(row.event, notice);
      if (notice.isEscalated) record(edit, notice, 'alert.escalated', told);
    }
    const [first, ...others] = now.values();
    if (first === undefined || receiver === undefined) return;
    const letter: Letter = { ...told, notices: [first, ...others] };
    await edit.send(receiver.to.channel, letter, to);
  }

  #decide(notice: Notice, { to, quiet, open, receiver, scope }: Scene): Decided {
    const { catalogue } = this.#options;
    const alert = open.get(notice.id);
    if (notice.isEscalated && (alert === undefined || alert.acknowledged_at !== null)) return { kind: 'never' };
    if (to === undefined) return { kind: 'never', why: 'nobody-on-duty' };
    if (receiver === undefined || scope === undefined) return { kind: 'never', why: 'receiver-gone' };
    if (!owns(scope, notice.dim, notice.code)) return { kind: 'never', why: 'outside-scope' };
    const labels = labelsOfEach(notice, catalogue);
    const at = Date.now();
    // What was ordered is not muted with what rings.
    if (notice.directive !== undefined) return this.#atTheirHours(notice, receiver, at);
    if (quiet.some(({ body }) => body.until > at && isMuted(body.match, labels)))
      return { kind: 'never', why: 'silenced' };
    const silent = [...open.values()].filter(
      ({ body, began_at }) => began_at <= notice.at && (JSON.parse(body) as Rule).when.kind === 'silent',
    );
    const from = silent.map(({ dim, code }) => memberOf(dim, code));
    if (FOLLOWS.has(notice.action) && followsFrom(notice, from, catalogue)) return { kind: 'never', why: 'follows' };
    return this.#atTheirHours(notice, receiver, at);
  }

  #atTheirHours({ body }: Notice, { working }: Receiver, at: number): Decided {
    if (body.severity === 'critical') return { kind: 'now' };
    const due = toldFrom(working, at, this.#options.catalogue);
    return due > at ? { kind: 'later', due: instant(due) } : { kind: 'now' };
  }

  async #bring({ id, body }: Message, signal: AbortSignal): Promise<Brought> {
    const { receivers, scopeOf, catalogue, url, bring } = this.#options;
    const { receiver: to, notices } = body as Letter;
    const receiver = (await receivers.list()).find((each) => each.id === to)?.body;
    const scope = receiver === undefined ? undefined : await scopeOf(receiver);
    if (receiver === undefined || scope === undefined) throw new Error('there is no such receiver any more');
    const [first, ...others] = notices.filter(({ dim, code }) => owns(scope, dim, code));
    if (first === undefined) throw new Error('it is outside of what the receiver may be told now');
    const theirs: Letter['notices'] = [first, ...others];
    const texts = textsOf(theirs, { language: receiver.language, catalogue, url });
    const said = await bring(receiver, { key: id, receiver: to, texts, notices: theirs }, signal);
    return { said, told: new Set(theirs.map((notice) => notice.id)) };
  }

  async #brought(
    edit: Edit,
    channel: string,
    { id, body, attempt }: Message,
    attempted: Attempted<Brought>,
  ): Promise<void> {
    const { receiver, roster, notices } = body as Letter;
    this.#options.told(channel, attempted.ok ? 'delivered' : attempted.isDead ? 'dead' : 'failed');
    const what = { receiver, ...(roster === undefined ? {} : { roster }), channel, message: id, attempt };
    const told = { ...what, said: attempted.ok ? attempted.answer.said : attempted.reason };
    const action = attempted.ok ? 'alert.told' : attempted.isDead ? 'alert.tell_given_up' : 'alert.tell_failed';
    for (const notice of new Map(notices.map((each) => [each.id, each])).values())
      if (attempted.ok && !attempted.answer.told.has(notice.id))
        record(edit, notice, 'alert.not_told', { receiver, why: 'outside-scope' });
      else record(edit, notice, action, told);
  }
}

/** What a receiver answered, and the alerts that it was told of: those of its scope as it was then. */
interface Brought {
  said: string;
  told: ReadonlySet<string>;
}

interface Routed {
  told: Told[];
  notice: Notice;
}

interface Scene {
  /** Who has the turn, where a roster is named; undefined: nobody. */
  to: string | undefined;
  /** By roster, who is on duty. */
  duty: ReadonlyMap<string, string | undefined>;
  receiver: Receiver | undefined;
  /** What they may be told. */
  scope: Scope | undefined;
  quiet: readonly Document<Silence>[];
  /** By id. */
  open: ReadonlyMap<string, AlertRow>;
}

/** Without `why`: it is not asked for any more, which needs no word. */
type Decided = { kind: 'now' } | { kind: 'later'; due: string } | { kind: 'never'; why?: string };

/** Of a task it stands with the task. */
const record = (edit: Edit, { id, directive }: Notice, action: string, told: object): void =>
  edit.record({ action, kind: directive?.kind === 'task' ? DIRECTIVE : ALERT, subject: id, after: { told } });

export const subjectOf = ({ id, rule, dim, code, body }: AlertRow): Subject & { body: Rule } => ({
  id,
  rule,
  ...memberOf(dim, code),
  body: JSON.parse(body) as Rule,
});

function noticeOf(subject: Subject, { action, at, who, after }: AlertEvent): Notice {
  const { reading, outcome, answer } = (after ?? {}) as {
    reading?: Reading;
    outcome?: AlertOutcome;
    answer?: AlertAnswer;
  };
  return {
    ...subject,
    action,
    at,
    who,
    ...(reading === undefined ? {} : { reading }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(answer === undefined ? {} : { answer }),
    isEscalated: false,
  };
}
