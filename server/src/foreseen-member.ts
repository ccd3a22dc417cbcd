/** Whose forecast is meant: forecasts go by what the rollups call a member; a code stands for the unit that owns it today. */
import { type Catalogue, type Dimension, localDay, memberAsked } from '@room/contract';
import { HttpError } from './errors.ts';

export function foreseenMember(catalogue: Catalogue, dim: 'all' | Dimension, asked: string): string {
  if (dim === 'all') {
    if (asked === '') return '';
    throw new HttpError(400, 'bad_request', 'code: the nation has no code; leave it out');
  }
  const found = memberAsked(dim, asked, catalogue, localDay(Date.now(), catalogue.timeZone));
  if (found !== undefined) return found;
  throw new HttpError(400, 'bad_request', `code: the catalogue has no such ${dim}; give its id, or its code today`);
}
