/**
 * From judged buckets to episodes: one a cause in a series, with its onset, size and end, and the silence of sources apart.
 *
 * Three hours whose scores have a mean size above five open an episode. It ends with the last bucket that was out, once later ones in
 * which its like would have been seen prove it over: a quiet night proves nothing about office hours. What starts again within a
 * day is the same episode.
 */
import { type CountedSeries, type Judgement, judge, type Method, type Told } from './judge.ts';
import { scoreOf } from './score.ts';
import { meanScore, windowScore } from './window.ts';

export interface Deviation {
  /** `silence`: sources did not report; what was counted meanwhile is not judged as a fall. */
  kind: 'above' | 'below' | 'silence';
  /** Start of the first bucket, ms. */
  onset: number;
  /** End of the last bucket, ms; left out while it goes on. */
  end?: number;
  /** Whether counts came back to what they were, or what they are now has become usual. Left out while it goes on. */
  ended?: 'usual' | 'new-usual';
  /** Start of the bucket that was furthest from usual, ms. */
  peak: number;
  /** Sums over the judged buckets from onset to end. In a silence, `expected` is what the silent sources usually hold. */
  observed: number;
  expected: number;
  /** Observed minus expected over buckets on the episode's own side; in a silence, minus what is missing. */
  size: number;
  /** The same on the other side: what was caught up after a fall, what was missing after a rush. */
  rebound: number;
  /** Largest mean of scores over three hours, at least 0. In a silence 0. */
  score: number;
  method: Method;
}

export interface JudgementRefusal {
  reason: 'not-enough-history' | 'bad-request';
  /** One sentence for people, in English. */
  detail: string;
}

export type Findings = { ok: true; episodes: Deviation[]; judgement: Judgement } | ({ ok: false } & JudgementRefusal);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Lengths of the windows; the first is the one of most series, the others help where events are few. */
const WINDOWS = [3 * HOUR, 6 * HOUR, 12 * HOUR, DAY];
/** Mean size of the scores of the first window, or of a single bucket where only the last two days are known. */
const OPENS = 5;
const OPENS_TRAILING = 6;
/** Deviations of buckets put together: there are more of them to look at, and their scatter is less well known. */
const OPENS_TOGETHER = 6;
/** The same in the first two weeks, where hours are judged against few days: only together do they show a fall of small counts. */
const OPENS_TOGETHER_EARLY = 4;
/** Share of those, and of the least sizes, that keeps what was told before: what is near a threshold does not come and go. */
const KEEPS = 0.8;
/** Buckets this far off belong to an episode. */
const BELONGS = 2.5;
/** The same, where hours together are what is off. */
const ADDS = 1;
/** Logarithm of the likelihood ratio of over to going on that ends it: three buckets as usual that would just have belonged. */
const PROVEN = (3 * BELONGS ** 2) / 2;
/** What starts again within this time is the same episode. */
const MERGED = DAY;
/** Part of the episode that the level must have followed for the episode to have become usual. */
const MOVED = 1 / 3;
/** Smaller episodes, in events, are of no interest; in the first two weeks, where less is known, more is asked. */
const LEAST_SIZE = 10;
const LEAST_SIZE_EARLY = 15;
/** Missing events below this could be missing by chance: the chance of none is a twentieth. */
const LEAST_MISSING = 3;
const LONGEST_WEEK = 7 * 1440;

/** Every episode of a series, by onset. `series.from` may spare work on old days; earlier episodes then lack those days. */
export function findEpisodes(series: CountedSeries): Findings {
  const refusal = refuse(series);
  if (refusal) return { ok: false, ...refusal };
  const judgement = judge(series);
  if (judgement.method.every((method) => method === 'none')) {
    const known = judgement.observed.filter((value) => !Number.isNaN(value)).length;
    const hours = Math.floor((known * series.step) / HOUR);
    const detail = `${hours} hours are known; two days are needed, two weeks to know the week.`;
    return { ok: false, reason: 'not-enough-history', detail };
  }
  const episodes = [...departures(series, judgement), ...silences(series, judgement)];
  return { ok: true, episodes: episodes.sort((a, b) => a.onset - b.onset), judgement };
}

function refuse({ start, step, values, reported, dayTypes }: CountedSeries): JudgementRefusal | undefined {
  const bad = (detail: string): JudgementRefusal => ({ reason: 'bad-request', detail });
  if (!Number.isFinite(start) || !(step > 0) || DAY % step !== 0 || (7 * DAY) / step > LONGEST_WEEK) {
    return bad('A day is a whole number of buckets of a minute or more.');
  }
  if (reported && reported.length < values.length) return bad('The reported share of some buckets is missing.');
  if (dayTypes && dayTypes.length < values.length) return bad('The day type of some buckets is missing.');
  return undefined;
}

interface Open {
  first: number;
  last: number;
  /** Buckets that were put together when it opened. */
  width: number;
  score: number;
  /** Sums from the first to the last bucket that belongs: what is usual, and differences on either side. */
  expected: number;
  above: number;
  below: number;
  /** Of the buckets since then, the logarithm of how much likelier they are if it is over. */
  over: number;
  /** Since the last bucket that belongs: calm buckets, what they usually hold, and those of it calm for being accepted. */
  calm: number;
  usual: number;
  shifted: number;
}

function departures(series: CountedSeries, judgement: Judgement): Deviation[] {
  const { score } = judgement;
  const { step } = series;
  const widths = WINDOWS.map((length) => Math.max(1, Math.round(length / step)));
  const found: Deviation[] = [];
  // Over as far as is known, but what starts again soon is the same.
  let over: Open | undefined;
  let open: Open | undefined;
  const settle = (): void => {
    if (over) found.push(summary(series, judgement, over, wayOut(over)));
    over = undefined;
  };
  for (let t = 0; t < score.length; t++) {
    if (over && (t - over.last) * step > MERGED) settle();
    if (!Number.isNaN(score[t])) {
      const opening = openingAt(series, judgement, t, widths);
      // A wide window still holds what is over; that alone does not start it again.
      if (opening && !open && !(over && opening.first <= over.last)) {
        open = over ?? begin(opening, t, judgement);
        over = undefined;
      }
      if (open) follow(open, opening, t, judgement, widths[0] ?? 1);
      else if (over) rest(over, t, judgement);
    }
    // What cannot be judged says nothing, but nothing stays open for ever on it.
    if (open && (isCalm(open, widths[0] ?? 1) || (t - open.last) * step > MERGED)) {
      over = open;
      open = undefined;
    }
  }
  settle();
  if (open) found.push(summary(series, judgement, open, undefined));
  return found.filter(({ size, method, onset }) => {
    const share = toldAt(series, 'departure', onset) === undefined ? 1 : KEEPS;
    return Math.abs(size) >= share * (method === 'trailing' ? LEAST_SIZE_EARLY : LEAST_SIZE);
  });
}

interface Opening {
  first: number;
  width: number;
  score: number;
}

/** What was told before and went on at an instant. */
const toldAt = ({ told = [] }: CountedSeries, kind: Told['kind'], at: number): Told | undefined =>
  told.find((it) => it.kind === kind && at >= it.onset && at < (it.end ?? Number.POSITIVE_INFINITY));

/** What opens at bucket `t`; what was told before stays open for less, from the onset that was told. */
function openingAt(
  series: CountedSeries,
  judgement: Judgement,
  t: number,
  widths: readonly number[],
): Opening | undefined {
  const { start, step } = series;
  const before = toldAt(series, 'departure', start + t * step);
  const opening = outAt(judgement, t, widths, before === undefined ? 1 : KEEPS);
  const first = before === undefined ? undefined : Math.max(0, Math.ceil((before.onset - start) / step));
  return opening && { ...opening, first: first ?? opening.first };
}

/** Judged by the shortest window that shows it; `share` of what it takes is enough. */
function outAt(judgement: Judgement, t: number, widths: readonly number[], share: number): Opening | undefined {
  const [narrow = 1] = widths;
  const { score, method } = judgement;
  const isEarly = method[t] === 'trailing';
  const mean = meanScore(judgement, t, narrow);
  const single = Math.abs(at(score, t));
  if (mean > share * OPENS || (isEarly && single > share * OPENS_TRAILING)) {
    let first = Math.max(0, t - narrow + 1);
    while (first < t && !(Math.abs(at(score, first)) > BELONGS)) first++;
    return { first, width: narrow, score: Math.max(mean, isEarly ? single : 0) };
  }
  for (const width of widths) {
    const together = windowScore(judgement, t, width);
    if (Math.abs(together) <= share * (isEarly ? OPENS_TOGETHER_EARLY : OPENS_TOGETHER)) continue;
    return { first: startOf(score, t, width, Math.sign(together)), width, score: Math.abs(together) };
  }
  return undefined;
}

/** Where within the window the scores of one side began to add up. */
function startOf(score: Float64Array, t: number, width: number, side: number): number {
  let first = t;
  let sum = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let u = t; u > t - width && u >= 0; u--) {
    sum += side * (at(score, u) || 0) - ADDS;
    if (sum > most) [most, first] = [sum, u];
  }
  return first;
}

function begin(opening: Opening, t: number, judgement: Judgement): Open {
  const sums = { expected: 0, above: 0, below: 0 };
  const open: Open = { ...opening, ...sums, last: opening.first - 1, over: 0, calm: 0, usual: 0, shifted: 0 };
  extend(open, t, judgement);
  return open;
}

function extend(open: Open, t: number, { score, observed, expected }: Judgement): void {
  for (let u = open.last + 1; u <= t; u++) {
    if (Number.isNaN(at(score, u))) continue;
    const difference = at(observed, u) - at(expected, u);
    open.expected += at(expected, u);
    if (difference > 0) open.above += difference;
    else open.below += difference;
  }
  Object.assign(open, { last: t, over: 0, calm: 0, usual: 0, shifted: 0 });
}

function follow(open: Open, opening: Opening | undefined, t: number, judgement: Judgement, narrow: number): void {
  const value = at(judgement.score, t);
  if (opening) open.score = Math.max(open.score, opening.score);
  const like = likeOf(open, t, judgement);
  open.over += like * (like / 2 - value);
  const adds = open.width > narrow && Math.abs(like) > ADDS && like * value > ADDS * Math.abs(like);
  if (Math.abs(value) > BELONGS || (adds && open.over <= 0)) {
    extend(open, t, judgement);
    return;
  }
  open.over = Math.max(0, open.over);
  rest(open, t, judgement);
}

/** The score of a bucket that is as much out as the episode is: near 0 where nothing could be seen. */
function likeOf({ expected: usual, above, below }: Open, t: number, judgement: Judgement): number {
  const { expected, deviation, lump, silent } = judgement;
  if (at(silent, t) > 0) return 0;
  const mean = at(expected, t);
  const size = above >= -below ? above : below;
  const factor = Math.max(0, 1 + size / (usual + at(lump, t)));
  return scoreOf(factor * mean, mean, at(deviation, t), at(lump, t));
}

function rest(open: Open, t: number, judgement: Judgement): void {
  open.calm++;
  const isMoved = hasMoved(open, t, judgement);
  // Of what has closed nothing is expected any more: such a bucket counts as much as those of the episode.
  const before = isMoved ? open.expected / (open.last - open.first + 1) : 0;
  const usual = Math.max(at(judgement.expected, t), before);
  open.usual += usual;
  if (isMoved) open.shifted += usual;
}

const isCalm = ({ calm, over }: Open, width: number): boolean => calm >= width && over >= PROVEN;

/** Whether the bucket is calm because what is usual has moved with the episode. */
function hasMoved(
  { first, last }: Open,
  t: number,
  { accepted, level, score, observed, expected }: Judgement,
): boolean {
  if (accepted[t] === 1) return true;
  let held = 0;
  let usual = 0;
  for (let u = first; u <= last; u++) {
    if (Number.isNaN(at(score, u))) continue;
    held += at(observed, u);
    usual += at(expected, u);
  }
  const moved = at(level, t) / at(level, first) - 1;
  return usual > 0 && moved / (held / usual - 1) > MOVED;
}

const wayOut = ({ usual, shifted }: Open): 'usual' | 'new-usual' =>
  usual > 0 && 2 * shifted >= usual ? 'new-usual' : 'usual';

function summary(
  { start, step }: CountedSeries,
  { score, observed, expected, method }: Judgement,
  open: Open,
  ended: Deviation['ended'],
): Deviation {
  const { first, last } = open;
  const sums = { observed: 0, expected: 0, above: 0, below: 0 };
  let peak = first;
  for (let t = first; t <= last; t++) {
    if (Number.isNaN(at(score, t))) continue;
    const difference = at(observed, t) - at(expected, t);
    sums.observed += at(observed, t);
    sums.expected += at(expected, t);
    sums.above += Math.max(0, difference);
    sums.below += Math.min(0, difference);
    if (Math.abs(at(score, t)) > Math.abs(at(score, peak))) peak = t;
  }
  const above = sums.above >= -sums.below;
  return {
    kind: above ? 'above' : 'below',
    onset: start + first * step,
    ...(ended === undefined ? {} : { end: start + (last + 1) * step, ended }),
    peak: start + peak * step,
    observed: sums.observed,
    expected: sums.expected,
    size: above ? sums.above : sums.below,
    rebound: above ? sums.below : sums.above,
    score: open.score,
    method: method[first] ?? 'none',
  };
}

/** Runs of buckets in which sources that usually hold something did not report. */
function silences(series: CountedSeries, { silent, observed, expected, method }: Judgement): Deviation[] {
  const { start, step } = series;
  const n = silent.length;
  const gap = Math.max(1, Math.round((3 * HOUR) / step));
  const found: Deviation[] = [];
  let first = observed.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return found;
  let last = -1;
  const close = (): void => {
    if (last < first) return;
    let held = 0;
    let missing = 0;
    let unknown = false;
    let peak = first;
    let most = -1;
    for (let t = first; t <= last; t++) {
      if (at(silent, t) <= 0) continue;
      held += at(observed, t) || 0;
      const share = at(silent, t) * at(expected, t);
      if (Number.isNaN(share)) unknown = true;
      else missing += share;
      if (share > most) [most, peak] = [share, t];
    }
    const isKept = toldAt(series, 'silence', start + first * step) !== undefined;
    if (missing < (isKept ? KEEPS : 1) * LEAST_MISSING && !unknown) return;
    found.push({
      kind: 'silence',
      onset: start + first * step,
      ...(n - 1 - last < 1 ? {} : { end: start + (last + 1) * step, ended: 'usual' as const }),
      peak: start + peak * step,
      observed: held,
      expected: missing,
      size: missing > 0 ? -missing : 0,
      rebound: 0,
      score: 0,
      method: method[peak] ?? 'none',
    });
  };
  for (let t = first; t < n; t++) {
    if (at(silent, t) <= 0) continue;
    if (last < first || t - last > gap) {
      close();
      first = t;
    }
    last = t;
  }
  close();
  return found;
}

const at = (values: Float64Array, t: number): number => values[t] as number;
