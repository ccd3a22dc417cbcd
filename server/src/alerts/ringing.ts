/** What rings within a scope, in short. Pure. */
import { type Alerts, type Catalogue, type Ringing, SEVERITIES } from '@room/contract';
import { unitOf } from './times.ts';

export function ringingOf(
  { evaluatedAt, alerts }: Pick<Alerts, 'evaluatedAt' | 'alerts'>,
  catalogue: Catalogue,
): Ringing {
  // What recovers still rings.
  const firing = alerts.filter(({ state }) => state === 'firing' || state === 'recovering');
  const severity = SEVERITIES.findLast((each) => firing.some(({ body }) => body.severity === each));
  const isAnswered = new Map<string, boolean>();
  for (const alert of alerts) {
    const agency = unitOf(alert, 'agency', catalogue);
    if (agency !== undefined) isAnswered.set(agency, (isAnswered.get(agency) ?? true) && alert.answer !== undefined);
  }
  const those = (answered: boolean): string[] =>
    [...isAnswered]
      .filter(([, is]) => is === answered)
      .map(([agency]) => agency)
      .sort();
  return {
    ...(evaluatedAt === undefined ? {} : { evaluatedAt }),
    ...(severity === undefined ? {} : { severity }),
    firing: firing.filter(({ body }) => body.severity === severity).length,
    unknown: alerts.filter(({ state }) => state === 'unknown').length,
    answered: those(true),
    unanswered: those(false),
  };
}
