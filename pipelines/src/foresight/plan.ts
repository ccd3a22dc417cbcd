/** Which series are foreseen: all that a screen or rule can show. Pure. */
import { type Catalogue, METRICS, validOn } from '@room/contract';

/** One unit of a dimension of the rollups; the nation has an empty code. */
export interface Subject {
  dim: 'all' | 'agency' | 'province' | 'service';
  code: string;
}

export const NATION: Subject = { dim: 'all', code: '' };

export const nameOf = ({ dim, code }: { dim: string; code: string }): string =>
  dim === 'all' ? dim : `${dim}:${code}`;

/** Series of one refresh at most: what two minutes of one core are enough for. */
const MOST_SERIES = 2_000;

/** The nation, and the agencies, provinces and leading services that exist on `day`, in this order. */
export function subjectsOf(catalogue: Catalogue, day: string): Subject[] {
  const units = (dim: 'agency' | 'province', of: Catalogue['agencies']): Subject[] =>
    of.filter((unit) => validOn(unit, day)).map(({ id }) => ({ dim, code: id }));
  const services = catalogue.services
    .filter((service) => service.leading && validOn(service, day))
    .map(({ code }): Subject => ({ dim: 'service', code }));
  return [NATION, ...units('agency', catalogue.agencies), ...units('province', catalogue.provinces), ...services].slice(
    0,
    MOST_SERIES / METRICS.length,
  );
}
