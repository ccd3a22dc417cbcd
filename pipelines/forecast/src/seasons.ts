/** What the caller's seasons mean. */

export interface Seasons {
  /** Steps of the short season (24 for hours, 7 for days), of the long one (168) or 0, and of a year (365) or 0. */
  season: number;
  long: number;
  year: number;
}

/** Steps a season from which on the season is a day with a shape of its own, not a week of days. */
const FINE = 12;
const LONGEST_CYCLE = 14;
const SHORTEST_YEAR = 26;

export const isFine = (season: number): boolean => season >= FINE;

/** Sorts out what the caller's seasons are: a year is no season to draw harmonics of. */
export function seasonsOf(seasons: readonly number[]): Seasons {
  const given = seasons.filter((it) => Number.isInteger(it) && it > 1).sort((a, b) => a - b);
  const season = given[0] ?? 1;
  const long = given.find((it) => it > season && it % season === 0 && it <= LONGEST_CYCLE * season) ?? 0;
  const year = given.find((it) => it >= SHORTEST_YEAR * season && it !== long) ?? 0;
  return { season, long: isFine(season) ? long : 0, year };
}
