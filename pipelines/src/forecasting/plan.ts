/** Which series are foreseen: all that a screen or rule can show. Pure. */
import { type Catalogue, DIMENSIONS, type Dimension, dimensionsThat, METRICS, validOn } from '@room/contract';

/** One unit of a dimension of the rollups; the nation has an empty code. */
export interface Subject {
  dim: 'all' | Dimension;
  code: string;
}

export const NATION: Subject = { dim: 'all', code: '' };

export const nameOf = ({ dim, code }: { dim: string; code: string }): string =>
  dim === 'all' ? dim : `${dim}:${code}`;

export const FORESEEN = dimensionsThat(({ foreseen }) => foreseen !== undefined);
/** Dimensions whose members may explain what the nation does. */
export const EXPLAINING = dimensionsThat(({ explains }) => explains);

/** Series of one refresh at most: what two minutes of one core are enough for. */
const MOST_SERIES = 2_000;

/** The nation, and the agencies, provinces and leading services that exist on `day`, in this order. */
export const subjectsOf = (catalogue: Catalogue, day: string): Subject[] =>
  [
    NATION,
    ...FORESEEN.flatMap((dim) =>
      (DIMENSIONS[dim].foreseen?.(catalogue) ?? [])
        .filter((member) => validOn(member, day))
        .map(({ code }): Subject => ({ dim, code })),
    ),
  ].slice(0, MOST_SERIES / METRICS.length);
