/** Units by how surely they reach a target, as rows of a ranking: the surely worse first, of each the worst first. Pure. */
import {
  type Catalogue,
  type OnTimeOverDays,
  type OnTimeUnit,
  type Thresholds,
  type UnitKind,
  validOn,
} from '@room/contract';
import type { Mark, Speech } from '../messages/context.ts';

export interface SureRow extends OnTimeUnit {
  name: string;
  mark: Mark;
}

const GROUPS: readonly OnTimeUnit['verdict'][] = ['below', 'unsure', 'above', 'few'];

/** By the two levels of the catalogue, as on the running day: surely below the target is to be watched, and far below it to be acted upon. */
export const sureMark = ({ verdict, now }: Pick<OnTimeUnit, 'verdict' | 'now'>, { onTimeAct }: Thresholds): Mark => {
  if (verdict === 'below') return now !== undefined && now.share < onTimeAct ? 'act' : 'watch';
  return verdict === 'above' ? 'ok' : 'few';
};

/** Of services those that most people need, by their code. */
const rankedOf = (by: UnitKind | 'service', { agencies, provinces, services }: Catalogue) =>
  by === 'agency'
    ? agencies
    : by === 'province'
      ? provinces
      : services.filter(({ leading }) => leading).map((service) => ({ ...service, id: service.code }));

/** Each group by itself. */
export function sureGroups(
  { units, to }: OnTimeOverDays,
  by: UnitKind | 'service',
  catalogue: Catalogue,
  { name }: Speech,
): { verdict: OnTimeUnit['verdict']; rows: SureRow[] }[] {
  const all = rankedOf(by, catalogue);
  const rows = units.flatMap((unit): SureRow[] => {
    const known = all.find(({ id }) => id === unit.id);
    return known === undefined || !validOn(known, to)
      ? []
      : [{ ...unit, name: name(known), mark: sureMark(unit, catalogue.thresholds) }];
  });
  return GROUPS.map((verdict) => ({
    verdict,
    rows: rows
      .filter((row) => row.verdict === verdict)
      .sort((one, other) => (one.now?.share ?? 2) - (other.now?.share ?? 2)),
  })).filter(({ rows: of }) => of.length > 0);
}

/** From where an axis of shares begins: a round share below all that is drawn, which need not be zero. */
export function axisOf(rows: readonly SureRow[], target: number): { from: number; ticks: number[] } {
  const least = Math.min(target, ...rows.flatMap(({ now }) => (now === undefined ? [] : [now.low ?? now.share])));
  const step = least >= 0.75 ? 0.05 : least >= 0.5 ? 0.1 : 0.25;
  const from = Math.max(0, Math.floor(least / step - 1e-9) * step);
  const ticks: number[] = [];
  for (let tick = from; tick < 1 - 1e-9; tick += step) if (Math.abs(tick - target) > step / 2) ticks.push(tick);
  return { from, ticks };
}
