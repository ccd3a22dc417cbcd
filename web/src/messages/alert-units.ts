/** Whose an alert is: the unit that it is about, also by one of its links or portals. Pure. */
import { type Alert, type Catalogue, linksOf, type Unit, type UnitKind } from '@room/contract';
import { memberText } from './alerts.ts';
import type { Speech } from './context.ts';

type About = Pick<Alert, 'dim' | 'code'>;
type Units = Pick<Catalogue, 'agencies' | 'provinces'>;

const unitsOf = (by: UnitKind, { agencies, provinces }: Units): readonly Unit[] =>
  by === 'agency' ? agencies : provinces;

/** The unit's id, of whatever kind it is. */
function unitIdOf({ dim, code }: About, catalogue: Catalogue): string | undefined {
  if (dim === 'link') return linksOf(catalogue).get(code)?.party.id;
  if (dim === 'source') return catalogue.sources.find(({ id }) => id === code)?.unit;
  return dim === 'agency' || dim === 'province' ? code : undefined;
}

/** Whether it is of a unit, by its numbers, its links or its portals. */
export function isOfUnit(about: About, { by, id }: { by: UnitKind; id: string }, catalogue: Catalogue): boolean {
  const isUnit = about.dim === 'agency' || about.dim === 'province';
  if (isUnit && about.dim !== by) return false;
  return unitIdOf(about, catalogue) === id && unitsOf(by, catalogue).some((unit) => unit.id === id);
}

/** By its whole name, so that nobody has to know what is short for whom; of a link also to what. */
export function whoseText(about: About, catalogue: Catalogue, speech: Speech): string {
  const { language, t, name } = speech;
  const id = unitIdOf(about, catalogue);
  const unit = [...catalogue.agencies, ...catalogue.provinces, ...catalogue.telecoms].find((each) => each.id === id);
  if (unit === undefined) return memberText(about, catalogue, speech);
  const database = about.dim === 'link' ? linksOf(catalogue).get(about.code)?.database : undefined;
  const label = unit.label[language];
  return database === undefined ? label : t('alertsOfLink', { name: label, database: name(database) });
}
