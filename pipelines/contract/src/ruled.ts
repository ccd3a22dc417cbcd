/** What rules are over. No schema stands here, so that walls, which name it, come without. */
import type { Catalogue, Label } from './catalogue.ts';
import { DIMENSIONS, type Dimension, type DimensionMember, isDimension } from './dimensions.ts';
import type { Language } from './language.ts';
import { linkLabel, linksOf } from './links.ts';

/** What rules tell apart: what is counted by, and links to national databases. */
export type RuledDimension = Dimension | 'link';
export const isRuledDimension = (name: string): name is RuledDimension => name === 'link' || isDimension(name);

export const ruledMembers = (dim: RuledDimension, catalogue: Catalogue): readonly DimensionMember[] =>
  dim === 'link'
    ? [...linksOf(catalogue).values()].map((link) => ({
        ...link.party,
        code: link.id,
        label: linkLabel(link),
        short: undefined,
      }))
    : DIMENSIONS[dim].members(catalogue);

/** Who is responsible by a rule. */
export const ownerIn = ({ owner }: { owner: string | Label }, language: Language): string =>
  typeof owner === 'string' ? owner : owner[language];
