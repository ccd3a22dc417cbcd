/** Who is told of an alert, and when. Pure. */
import {
  type AlertRoute,
  addDays,
  type Catalogue,
  clockMs,
  dayTypeOf,
  isRuledDimension,
  linkOf,
  localDay,
  type Match,
  ministriesOf,
  type Receiver,
  type Routing,
  type Rule,
  type RuleMember,
  startOfDay,
} from '@room/contract';

/** An alert as routes and silences see it, or a task, which is measured by nothing. */
export interface Subject extends RuleMember {
  id: string;
  rule: string;
  body: Pick<Rule, 'label' | 'reason' | 'severity' | 'labels'> & Partial<Pick<Rule, 'when'>>;
}

export type Labels = Readonly<Record<string, string>>;

/** What it is about by name; a rule's own labels never say otherwise. */
export function labelsOf({ rule, dim, code, body }: Omit<Subject, 'id'>, catalogue: Catalogue): Labels {
  return { ...body.labels, rule, severity: body.severity, ...unitsOf({ dim, code }, catalogue) };
}

/** The same once for each ministry whose it is: whoever is told of one of them is told. */
export function labelsOfEach(subject: Omit<Subject, 'id'>, catalogue: Catalogue): Labels[] {
  const labels = labelsOf(subject, catalogue);
  const { dim, code } = subject;
  const ministries = dim === 'service' ? ministriesOf(code, catalogue) : [];
  return ministries.length < 2 ? [labels] : ministries.map((agency) => ({ ...labels, agency }));
}

function unitsOf({ dim, code }: RuleMember, catalogue: Catalogue): Labels {
  const { sources, agencies } = catalogue;
  if (dim === 'all') return {};
  if (dim === 'link') {
    const link = linkOf(catalogue, code);
    return link === undefined ? { link: code } : { link: code, database: link.database.id, [link.dim]: link.party.id };
  }
  if (dim === 'service') {
    const [agency] = ministriesOf(code, catalogue);
    return { service: code, ...(agency === undefined ? {} : { agency }) };
  }
  if (dim !== 'source') return { [dim]: code };
  const unit = sources.find(({ id }) => id === code)?.unit;
  if (unit === undefined) return { source: code };
  return { source: code, [agencies.some(({ id }) => id === unit) ? 'agency' : 'province']: unit };
}

/** What is several ministries' is muted where each of theirs is. */
export const isMuted = (match: Match, each: readonly Labels[]): boolean => each.every((labels) => fits(match, labels));

export const fits = (match: Match, labels: Labels): boolean =>
  Object.entries(match).every(([label, values]) => values.includes(labels[label] ?? ''));

/** The routes that an alert takes, in their order. */
export function routesFor({ routes }: Routing, labels: Labels): AlertRoute[] {
  const taken: AlertRoute[] = [];
  for (const route of routes) {
    if (!fits(route.match, labels)) continue;
    taken.push(route);
    if (!route.goesOn) break;
  }
  return taken;
}

/** Somebody who is to be told, after so many milliseconds. */
export interface Told {
  receiver: string;
  /** 0: at once; then the steps of the escalation. */
  step: number;
  afterMs: number;
  /** Those of the same go together. */
  grouping: string;
}

const MINUTE_MS = 60_000;

/** Each receiver once a step, whatever routes lead there. `escalates`: somebody has to acknowledge what happened. */
export function toldBy(routes: readonly AlertRoute[], labels: Labels, alert: string, escalates: boolean): Told[] {
  const told = new Map<string, Told>();
  const add = (one: Told): void => {
    const key = `${one.step} ${one.receiver}`;
    if (!told.has(key)) told.set(key, one);
  };
  for (const { receivers, groupBy, waitSeconds, escalation } of routes) {
    const grouping = waitSeconds === 0 ? alert : JSON.stringify(groupBy.map((label) => [label, labels[label] ?? '']));
    for (const receiver of receivers) add({ receiver, step: 0, afterMs: waitSeconds * 1_000, grouping });
    if (!escalates) continue;
    for (const [index, { afterMinutes, receivers: next }] of escalation.entries())
      for (const receiver of next)
        add({ receiver, step: index + 1, afterMs: afterMinutes * MINUTE_MS, grouping: alert });
  }
  return [...told.values()];
}

/** The same of all that it is told by, each receiver once a step. */
export function toldOfEach(routing: Routing, each: readonly Labels[], alert: string, escalates: boolean): Told[] {
  const told = new Map<string, Told>();
  for (const labels of each)
    for (const one of toldBy(routesFor(routing, labels), labels, alert, escalates)) {
      const key = `${one.step} ${one.receiver}`;
      if (!told.has(key)) told.set(key, one);
    }
  return [...told.values()];
}

/** Whether it only follows from a portal that rings for being silent. */
export const followsFrom = (
  subject: Omit<Subject, 'id'>,
  silent: readonly RuleMember[],
  catalogue: Catalogue,
): boolean =>
  subject.body.when?.kind !== 'silent' &&
  silent.some(({ code }) => {
    const { source, agency, province } = labelsOf(subject, catalogue);
    if (source !== undefined) return source === code;
    const unit = catalogue.sources.find(({ id }) => id === code)?.unit;
    return unit !== undefined && (unit === agency || unit === province);
  });

/** Days that are looked ahead for one that is worked. */
const MOST_DAYS = 30;

/** Instant from which somebody is told: `at` itself at their hours, else when those begin. Days outside of the calendar count as worked. */
export function toldFrom(working: Receiver['working'], at: number, { calendar, timeZone }: Catalogue): number {
  if (working === undefined || working.from >= working.to) return at;
  const today = localDay(at, timeZone);
  for (let ahead = 0; ahead < MOST_DAYS; ahead++) {
    const day = addDays(today, ahead);
    if ((dayTypeOf(calendar, day) ?? 'working') !== 'working') continue;
    const midnight = startOfDay(day, timeZone);
    if (at < midnight + clockMs(working.to)) return Math.max(at, midnight + clockMs(working.from));
  }
  return at;
}

export const memberOf = (dim: string, code: string): RuleMember => ({ dim: isRuledDimension(dim) ? dim : 'all', code });
