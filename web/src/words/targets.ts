/** What is said of a target: how likely, and what it takes. Pure. */
import type { Target, TargetOutlook } from '@room/contract';
import type { Mark, Speech } from './context.ts';
import { LIKELY, UNLIKELY } from './thresholds.ts';

const isShare = ({ metric }: Target): boolean => metric === 'shareOnline' || metric === 'shareOnTime';

export const targetValue = (target: Target, value: number, { format }: Speech): string =>
  isShare(target) ? format.share(value) : format.count(Math.round(value));

export function likelihoodMark({ probability, state }: TargetOutlook): Mark {
  if (state !== 'open') return state === 'met' ? 'ok' : 'act';
  if (probability >= LIKELY) return 'ok';
  return probability < UNLIKELY ? 'act' : 'watch';
}

/** What the rest of the time must bring, or that nothing more can change it. */
export function targetNeeds(target: Target, outlook: TargetOutlook, speech: Speech): string {
  const { format, say } = speech;
  const { state, neededPerDay, usualPerDay, lastDay } = outlook;
  if (state !== 'open') return say(state === 'met' ? 'targetMet' : 'targetMissed');
  const needed =
    neededPerDay === undefined
      ? []
      : isShare(target)
        ? [say('targetNeededShare', { needed: format.share(neededPerDay) })]
        : [
            say('targetNeeded', {
              needed: format.rough(Math.ceil(neededPerDay)),
              usual: usualPerDay === undefined ? '—' : format.rough(Math.round(usualPerDay)),
            }),
          ];
  return [...needed, ...(lastDay === undefined ? [] : [say('targetLast', { day: format.day(lastDay) })])].join('; ');
}
