/**
 * Named sets of a dimension's members, as lists of the catalogue make them: a question or a rule that names one follows its list, and
 * keeps the name wherever it is written down. No schema stands here, so that walls come without.
 */
import type { Catalogue, Label } from './catalogue.ts';
import type { Dimension } from './dimensions.ts';

export type MemberGroup = NonNullable<Catalogue['groups']>[number];
export type Grouped = Pick<Catalogue, 'groups'>;

export const groupsOf = (dimension: string, { groups = [] }: Grouped): readonly MemberGroup[] =>
  groups.filter((group) => group.dimension === dimension);

/** Undefined where no group of the dimension has this name. */
export const groupNamed = (dimension: string, name: string, catalogue: Grouped): MemberGroup | undefined =>
  groupsOf(dimension, catalogue).find((group) => group.name === name);

/** The codes with each group's in its place, each once: what two of them hold counts once. */
export const ungrouped = (dimension: Dimension, codes: readonly string[], catalogue: Grouped): string[] => [
  ...new Set(codes.flatMap((code) => groupNamed(dimension, code, catalogue)?.codes ?? code)),
];

/** Ids of the agencies whose a service is: of one that several share, as a list says, all of them. */
export function ministriesOf(code: string, catalogue: Pick<Catalogue, 'services' | 'groups'>): string[] {
  const owner = catalogue.services.find((service) => service.code === code)?.agency;
  const listed = groupsOf('service', catalogue).flatMap(({ agencies }) => agencies?.[code] ?? []);
  return [...new Set([...(owner === undefined ? [] : [owner]), ...listed])];
}

/** What it is called, with how many of all that were decided are counted: of the others nothing is known. */
export const groupLabel = ({ label, codes, of }: MemberGroup): Label => ({
  vi: `${label.vi} (đếm được ${codes.length} trong ${of})`,
  en: `${label.en} (${codes.length} of ${of} counted)`,
});
