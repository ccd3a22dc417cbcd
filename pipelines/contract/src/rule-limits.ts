/** Whether a rule's limits are what they are written as, once the thresholds that they name are known. Pure. */
import { limitOf, limitsOf } from './judging.ts';
import { type Condition, type Limit, NAMED_LIMITS, type NamedLimit } from './rules.ts';
import { isRatio } from './sums.ts';
import type { Thresholds } from './thresholds.ts';

/** Thresholds that count dossiers; all others are shares. */
const COUNTS: readonly NamedLimit[] = ['finishedEnough'];
const SHARES = NAMED_LIMITS.filter((name) => !COUNTS.includes(name));

/** `share`: of a whole, from 0 to 1; `part`: of what it is held against, which it may exceed; `count`: dossiers. */
type Nature = 'share' | 'part' | 'count';
interface Field {
  /** Within `when`. */
  path: string;
  limit: Limit | undefined;
  nature: Nature;
}

/** The field at fault, why, and what to write; undefined where there is none. */
export function unsoundLimit(when: Condition, thresholds: Thresholds): string | undefined {
  for (const { path, limit, nature } of fieldsOf(when)) {
    if (limit === undefined) continue;
    const fault = misnamed(limit, nature) ?? (nature === 'share' ? beyondShare(limit, thresholds) : undefined);
    if (fault !== undefined) return `when.${path}: ${fault}`;
  }
  return unsoundRecovery(when, thresholds);
}

function misnamed(limit: Limit, nature: Nature): string | undefined {
  if (typeof limit === 'number') return undefined;
  const [isCount, wanted] = [COUNTS.includes(limit), nature === 'count'];
  if (isCount === wanted) return undefined;
  return wanted
    ? `${limit} is a share, and this is a number of dossiers: write a number, or name ${COUNTS.join(', ')}`
    : `${limit} is a number of dossiers, and this is a share: write a number, or name one of ${SHARES.join(', ')}`;
}

const beyondShare = (limit: Limit, thresholds: Thresholds): string | undefined =>
  limitOf(limit, thresholds) > 1 ? `a share is from 0 to 1, and this is ${written(limit, thresholds)}` : undefined;

/** Hysteresis lies where it rings no more, whichever of the two is a name. */
function unsoundRecovery(when: Condition, thresholds: Thresholds): string | undefined {
  const found = recoveryOf(when);
  if (found?.recover === undefined) return undefined;
  const { path, limit, recover, side = limitsOf(when, thresholds).side } = found;
  const [from, to] = [limitOf(limit, thresholds), limitOf(recover, thresholds)];
  if (side === 'above' ? to <= from : to >= from) return undefined;
  const inner = side === 'above' ? 'at most' : 'at least';
  return `when.${path}: ${written(recover, thresholds)} must lie on the inner side of the limit, ${inner} ${written(limit, thresholds)}`;
}

const written = (limit: Limit, thresholds: Thresholds): string =>
  typeof limit === 'number' ? String(limit) : `${limit} (${limitOf(limit, thresholds)})`;

function fieldsOf(when: Condition): Field[] {
  const both = (at: string, { limit, recover }: { limit: Limit; recover?: Limit }, nature: Nature, name = 'limit') => [
    { path: `${at}${name}`, limit, nature },
    { path: `${at}recover`, limit: recover, nature },
  ];
  const beyond = (at: string, of: { beyond: Limit; recover?: Limit }, side: 'above' | 'below') =>
    // Nothing falls by more than all of it.
    both(at, { ...of, limit: of.beyond }, side === 'below' ? 'share' : 'part', 'beyond');
  switch (when.kind) {
    case 'threshold': {
      const { measure, side, against, enough } = when;
      return [
        ...(against.kind === 'value'
          ? both('against.', against, isRatio(measure) ? 'share' : 'count')
          : beyond('against.', against, side)),
        { path: 'enough', limit: enough, nature: 'count' },
      ];
    }
    case 'change':
      return [
        ...both('', when, isRatio(when.measure) ? 'share' : 'count'),
        { path: 'enough', limit: when.enough, nature: 'count' },
      ];
    case 'ratio':
      return [...both('', when, 'part'), { path: 'least', limit: when.least, nature: 'count' }];
    case 'anomaly':
      return beyond('', when, when.side);
    case 'forecast':
      return both('', when, 'count');
    case 'indicators-unlikely':
      return [{ path: 'chance', limit: when.chance, nature: 'share' }];
    case 'link-errors':
    case 'target':
    case 'index-low':
    case 'coverage':
      return both('', when, 'share');
    default:
      return [];
  }
}

interface Recovery {
  path: string;
  limit: Limit;
  recover: Limit | undefined;
  /** Where it is not that of the condition. */
  side?: 'above';
}
function recoveryOf(when: Condition): Recovery | undefined {
  if (when.kind === 'threshold') {
    const { against } = when;
    const { recover } = against;
    // How far beyond is told the same way on either side.
    return against.kind === 'value'
      ? { path: 'against.recover', limit: against.limit, recover }
      : { path: 'against.recover', limit: against.beyond, recover, side: 'above' };
  }
  if (!('recover' in when)) return undefined;
  return { path: 'recover', limit: 'beyond' in when ? when.beyond : when.limit, recover: when.recover };
}
