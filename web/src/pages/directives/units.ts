/** Who may be ordered something because of an alert: its unit, or any where it is of the whole country. Pure. */
import { type Alert, type Catalogue, type DirectedUnit, linkOf, localDay, type Unit, validOn } from '@room/contract';

export function unitsOf(
  { dim, code }: Pick<Alert, 'dim' | 'code'>,
  catalogue: Catalogue,
  now: number,
): (DirectedUnit & Pick<Unit, 'label' | 'short'>)[] {
  const { agencies, provinces, services, sources, timeZone } = catalogue;
  const today = localDay(now, timeZone);
  const of = (kind: DirectedUnit['dim'], units: readonly Unit[]) =>
    units
      .filter((unit) => validOn(unit, today))
      .map(({ id, label, short }) => ({ dim: kind, code: id, label, ...(short === undefined ? {} : { short }) }));
  const all = [...of('agency', agencies), ...of('province', provinces)];
  if (dim === 'all') return all;
  const unit =
    dim === 'service'
      ? services.find((each) => each.code === code)?.agency
      : dim === 'source'
        ? sources.find(({ id }) => id === code)?.unit
        : dim === 'link'
          ? linkOf(catalogue, code)?.party.id
          : code;
  return all.filter(
    (each) =>
      each.code === unit && (dim === 'source' || dim === 'link' || each.dim === (dim === 'service' ? 'agency' : dim)),
  );
}
