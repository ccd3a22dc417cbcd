/** What rules look at of indicators, by the unit whose reports they are. Pure. */
import type { IndicatorList } from '@room/contract';
import { overdueKey, type UnitIndicators } from './observe.ts';

type Entries = Pick<IndicatorList['indicators'][number], 'body' | 'progress' | 'overdue' | 'units'>[];

/** By `overdueKey`. The value for all is its owner's; each unit's own, where there is one, is that unit's. */
export function unitIndicators(entries: Entries): Map<string, UnitIndicators> {
  const found = new Map<string, { overdue: number; chances: number[] }>();
  const add = (
    dim: string,
    code: string,
    { progress, overdue }: Pick<Entries[number], 'progress' | 'overdue'>,
  ): void => {
    const key = overdueKey(dim, code);
    const unit = found.get(key) ?? { overdue: 0, chances: [] };
    found.set(key, unit);
    unit.overdue += overdue.length;
    if (progress.chance !== undefined) unit.chances.push(progress.chance.probability);
  };
  for (const entry of entries) {
    const { owner, by } = entry.body;
    add(owner.dim, owner.code, entry);
    if (by !== undefined) for (const unit of entry.units ?? []) add(by, unit.code, unit);
  }
  return found;
}
