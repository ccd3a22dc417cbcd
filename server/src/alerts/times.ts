/** How long units took, from the milestones of the ledger. Pure. */
import {
  type Catalogue,
  linkOf,
  MILESTONES,
  type Milestone,
  type ResponseSpan,
  type ResponseTimes,
  type ResponseTimesRow,
  type RuleMember,
} from '@room/contract';
import type { AlertMilestones } from '@room/database';
import { type Lasted, medianOf } from './survival.ts';

/** Whose an alert is: the agency of a service, the unit of a portal. Undefined where it is of no unit of that kind. */
export function unitOf({ dim, code }: RuleMember, by: 'agency' | 'province', catalogue: Catalogue): string | undefined {
  if (dim === by) return code;
  if (dim === 'service')
    return by === 'agency' ? catalogue.services.find((each) => each.code === code)?.agency : undefined;
  if (dim === 'link') {
    const link = linkOf(catalogue, code);
    return link?.dim === by ? link.party.id : undefined;
  }
  if (dim !== 'source') return undefined;
  const unit = catalogue.sources.find(({ id }) => id === code)?.unit;
  const units = by === 'agency' ? catalogue.agencies : catalogue.provinces;
  return units.some(({ id }) => id === unit) ? unit : undefined;
}

/** `asOf`: when the rules were looked at last. */
export function timesOf(
  alerts: readonly (AlertMilestones & RuleMember)[],
  { by, asOf, catalogue }: { by: 'agency' | 'province'; asOf: number; catalogue: Catalogue },
): Pick<ResponseTimes, 'all' | 'rows'> {
  const units = new Map<string, AlertMilestones[]>();
  for (const alert of alerts) {
    const unit = unitOf(alert, by, catalogue);
    if (unit !== undefined) units.set(unit, [...(units.get(unit) ?? []), alert]);
  }
  return {
    all: rowOf({ dim: 'all', code: '' }, alerts, asOf),
    rows: [...units]
      .map(([code, theirs]) => rowOf({ dim: by, code }, theirs, asOf))
      .toSorted((one, other) => other.alerts - one.alerts || (one.unit.code < other.unit.code ? -1 : 1)),
  };
}

function rowOf(unit: ResponseTimesRow['unit'], alerts: readonly AlertMilestones[], asOf: number): ResponseTimesRow {
  const spans = Object.fromEntries(
    MILESTONES.map((milestone) => [milestone, spanOf(alerts.map((alert) => lastedOf(alert, milestone, asOf)))]),
  ) as Record<Milestone, ResponseSpan>;
  return { unit, alerts: alerts.length, open: alerts.filter(({ ended }) => ended === undefined).length, ...spans };
}

/** One that nobody came to before it ended took longer than that; where its rule was taken away nobody knows when it would have. */
function lastedOf(
  { began, acknowledged, answered, ended, outcome }: AlertMilestones,
  milestone: Milestone,
  asOf: number,
): Lasted {
  const recovered = outcome === 'withdrawn' ? undefined : ended;
  const came = { acknowledged, answered, recovered }[milestone];
  // A clock that was set back makes nothing shorter than nothing.
  return { ms: Math.max(0, (came ?? ended ?? asOf) - began), isOver: came !== undefined };
}

function spanOf(spans: readonly Lasted[]): ResponseSpan {
  const ended = spans.filter(({ isOver }) => isOver).length;
  return { ended, open: spans.length - ended, ...medianOf(spans) };
}
