/** Portals from an instant on: single dossiers that move from status to status, with what goes wrong at real portals. */
import { localDay, startOfDay } from '@room/contract';
import {
  backlogEvents,
  type Cell,
  type Counted,
  countedEvent,
  instantText,
  intervalText,
  pick,
  type SimEvent,
  type Step,
  type World,
} from './model.ts';
import { fixed, type Random, randomOf } from './random.ts';
import type { Rate } from './rate.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REPEATED = 0.01;
const LATE = 0.005;
const CORRECTED = 0.005;
const HEARTBEAT = 15 * SECOND;
const BACKLOG_EVERY = 10 * MINUTE;
const OUTAGE_EVERY = 90 * MINUTE;
const SILENCE = 10 * MINUTE;
const DELAY = 4 * MINUTE;

export interface LiveOptions {
  world: World;
  rate: Rate;
  /** Events begin here (milliseconds since 1970 UTC). */
  start: number;
  volume: number;
  /** How much faster than the clock the day's profile and the dossiers' ways pass; events carry the clock's time. */
  speed: number;
  /** Events a second, whatever the hour. */
  perSecond?: number;
  /** Without outages, late and corrected events and repeats. */
  calm: boolean;
}

type Due = { at: number; order: number } & (
  | { kind: 'send'; event: SimEvent; cell: Cell; counted: Counted; repeat: boolean }
  | { kind: 'step'; cell: Cell; root: string; step: Step }
);

interface Outage {
  source: string;
  from: number;
  until: number;
}

/** Outages that begin in one stretch of 90 minutes, one after the other. */
function outagesOf(world: World, slot: number): Outage[] {
  const { sources } = world.catalogue;
  const key = `${world.seed}|outage|${slot}`;
  const outage = (name: string, after: number, length: number): Outage => {
    const from = slot * OUTAGE_EVERY + after + Math.floor(fixed(`${key}|${name}`) * 30 * MINUTE);
    const source = sources[Math.floor(fixed(`${key}|${name}|who`) * sources.length)]?.id ?? '';
    return { source, from, until: from + length };
  };
  const silence = outage('silence', 0, SILENCE);
  return fixed(`${key}|rare`) < 0.3 ? [silence, outage('delay', 50 * MINUTE, DELAY)] : [silence];
}

/** The portal that says nothing at an instant, and until when. At most one at a time. */
export const outageAt = (world: World, at: number): Outage | undefined =>
  outagesOf(world, Math.floor(at / OUTAGE_EVERY)).find((outage) => at >= outage.from && at < outage.until);

export class Live {
  private readonly random: Random;
  private readonly due = new Heap();
  private readonly reportedTo = new Map<string, number>();
  private now: number;
  private outages: { slot: number; all: Outage[] } = { slot: -1, all: [] };
  private made = 0;
  private backlogAt: number;

  constructor(private readonly options: LiveOptions) {
    this.random = randomOf(`${options.world.seed}|live|${options.start}`);
    this.now = options.start;
    this.backlogAt = options.start;
    // Portals do not beat in step.
    for (const source of options.world.catalogue.sources)
      this.reportedTo.set(source.id, options.start - this.random.next() * HEARTBEAT);
  }

  /** What portals send between the last call and `to`, in the order they send it. */
  advance(to: number): SimEvent[] {
    const sent: SimEvent[] = [];
    while (this.now < to) {
      const until = Math.min(this.now + SECOND, to);
      this.arrive(this.now, until);
      for (let next = this.due.peek(); next !== undefined && next.at < until; next = this.due.peek()) {
        this.due.pop();
        this.handle(next, sent);
      }
      this.now = until;
      this.beat(sent);
      if (this.now >= this.backlogAt) {
        this.backlogAt += BACKLOG_EVERY;
        const silent = this.outage(this.now)?.source;
        const backlogs = backlogEvents(this.options.world, this.inProcess(), this.now);
        sent.push(...backlogs.filter((event) => event.source !== silent));
      }
    }
    return sent;
  }

  private inProcess(): number {
    const { rate, world, volume } = this.options;
    const shape = this.shapeTime(this.now);
    const day = localDay(shape, world.catalogue.timeZone);
    return rate.openAt(day, (shape - this.startOf(day)) / HOUR) * volume;
  }

  private shapeTime(at: number): number {
    return this.options.start + (at - this.options.start) * this.options.speed;
  }

  /** New dossiers, and later statuses of dossiers that entered before the start. */
  private arrive(from: number, until: number): void {
    const { world, rate, volume, perSecond } = this.options;
    const shape = this.shapeTime(from);
    const day = localDay(shape, world.catalogue.timeZone);
    const sinceMidnight = Math.max(0, shape - this.startOf(day));
    const hour = Math.min(23, Math.floor(sinceMidnight / HOUR));
    const minute = Math.floor((sinceMidnight % HOUR) / MINUTE);
    const stages = 1 + world.reached.reduce((sum, step) => sum + step.share, 0);
    const seconds = (until - from) / SECOND;
    const entering =
      perSecond === undefined
        ? (rate.ofDay(day) * rate.ofHour(hour) * (rate.minutesOf(hour)[minute] ?? 0) * volume) / 60
        : perSecond / stages;
    const ending = perSecond === undefined ? (rate.finishedOn(day) * rate.officeHour(hour) * volume) / 3_600 : entering;
    const passed = (shape - this.options.start) / DAY;

    for (let count = this.random.poisson(entering * seconds); count > 0; count -= 1) {
      const cell = this.anyCell();
      const at = from + this.random.next() * (until - from);
      const root = this.nextId();
      this.occur(cell, { id: root, status: world.entry, count: 1, time: instantText(at) }, at);
      this.follow(cell, root, at);
    }
    for (const step of world.reached) {
      const older = Math.exp(-passed / (world.processingDays * step.delay));
      for (let count = this.random.poisson(ending * step.share * older * seconds); count > 0; count -= 1)
        this.reach(this.anyCell(), this.nextId(), step, from + this.random.next() * (until - from));
    }
  }

  private follow(cell: Cell, root: string, at: number): void {
    const { world, speed } = this.options;
    let left = this.random.next();
    const path = world.paths.find((candidate) => {
      left -= candidate.share;
      return left < 0;
    });
    const whole = this.random.exponential((world.processingDays * DAY) / speed);
    for (const step of path?.steps ?? [])
      this.due.push({ at: this.officeTime(at + whole * step.delay), order: this.made, kind: 'step', cell, root, step });
  }

  /** Offices act in office hours: a step that falls outside waits for the next ones. */
  private officeTime(at: number): number {
    const { rate, world, perSecond, speed } = this.options;
    if (perSecond !== undefined || speed !== 1) return at;
    let day = localDay(at, world.catalogue.timeZone);
    const hour = Math.floor((at - this.startOf(day)) / HOUR);
    if (rate.finishedOn(day) > 0 && rate.officeHour(hour) > 0) return at;
    for (let days = 0; days < 30; days += 1) {
      const opens = this.startOf(day) + this.officeMoment();
      if (opens > at && rate.finishedOn(day) > 0) return opens;
      day = localDay(this.startOf(day) + 30 * HOUR, world.catalogue.timeZone);
    }
    return at;
  }

  private officeMoment(): number {
    let left = this.random.next();
    for (let hour = 0; hour < 24; hour += 1) {
      left -= this.options.rate.officeHour(hour);
      if (left < 0) return (hour + this.random.next()) * HOUR;
    }
    return 12 * HOUR;
  }

  private readonly starts = new Map<string, number>();

  private startOf(day: string): number {
    let start = this.starts.get(day);
    if (start === undefined) {
      start = startOfDay(day, this.options.world.catalogue.timeZone);
      this.starts.set(day, start);
    }
    return start;
  }

  private reach(cell: Cell, root: string, step: Step, at: number): void {
    const counted = { id: `${root}-${step.status}`, status: step.status, count: 1, time: instantText(at) };
    this.occur(cell, step.judged ? { ...counted, onTime: this.random.next() < cell.onTime } : counted, at);
  }

  private occur(cell: Cell, counted: Counted, at: number): void {
    const late = !this.options.calm && this.random.next() < LATE;
    const delay = late ? (10 * MINUTE + this.random.next() * DAY) / this.options.speed : 0;
    this.send(cell, counted, at + delay, false);
  }

  private send(cell: Cell, counted: Counted, at: number, repeat: boolean): void {
    const event = countedEvent(cell, counted);
    this.due.push({ at, order: this.made, kind: 'send', event, cell, counted, repeat });
    this.made += 1;
  }

  private handle(due: Due, sent: SimEvent[]): void {
    if (due.kind === 'step') {
      this.reach(due.cell, due.root, due.step, due.at);
      return;
    }
    const outage = this.outage(due.at);
    if (outage?.source === due.event.source) {
      this.due.push({ ...due, at: outage.until });
      return;
    }
    sent.push(due.event);
    this.reportedTo.set(due.event.source, Math.max(due.at, this.reportedTo.get(due.event.source) ?? 0));
    if (this.options.calm || due.repeat) return;
    if (this.random.next() < REPEATED) this.send(due.cell, due.counted, due.at + this.random.next() * MINUTE, true);
    if (due.counted.corrects === undefined && this.random.next() < CORRECTED) {
      const { counted } = due;
      const correction = { ...counted, id: `${counted.id}-c`, count: -counted.count, corrects: counted.id };
      this.send(due.cell, correction, due.at + MINUTE + this.random.next() * HOUR, false);
    }
  }

  private outage(at: number): Outage | undefined {
    if (this.options.calm) return undefined;
    const slot = Math.floor(at / OUTAGE_EVERY);
    if (this.outages.slot !== slot) this.outages = { slot, all: outagesOf(this.options.world, slot) };
    return this.outages.all.find((outage) => at >= outage.from && at < outage.until);
  }

  /** A portal with nothing to tell says so: zero over the time since it last spoke. */
  private beat(sent: SimEvent[]): void {
    const { world } = this.options;
    const outage = this.outage(this.now);
    const midnight = this.startOf(localDay(this.now - 1, world.catalogue.timeZone));
    for (const [source, reported] of this.reportedTo) {
      if (this.now - reported < HEARTBEAT || outage?.source === source) continue;
      const cell = world.idle.get(source);
      if (cell === undefined) continue;
      const time = intervalText(Math.max(reported, midnight), this.now);
      sent.push(countedEvent(cell, { id: `z${Math.round(this.now)}`, status: world.entry, count: 0, time }));
      this.reportedTo.set(source, this.now);
    }
  }

  private anyCell(): Cell {
    const { world } = this.options;
    const province = world.provinces[pick(world.provinceSums, this.random.next())];
    const cell = province?.cells[pick(province.sums, this.random.next())];
    if (cell === undefined) throw new Error('the catalogue gives no dossier: it has no province or no service today');
    return cell;
  }

  private nextId(): string {
    this.made += 1;
    return `l${this.options.world.seed}-${this.options.start.toString(36)}-${this.made}`;
  }
}

/** What is due next first; what was planned first first among equals. */
class Heap {
  private readonly items: Due[] = [];

  peek(): Due | undefined {
    return this.items[0];
  }

  push(item: Due): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): void {
    const { items } = this;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const first = items[left];
      const second = items[left + 1];
      const [child, smaller] =
        first !== undefined && second !== undefined && isBefore(second, first) ? [left + 1, second] : [left, first];
      if (smaller === undefined || !isBefore(smaller, last)) break;
      items[at] = smaller;
      at = child;
    }
    items[at] = last;
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);
