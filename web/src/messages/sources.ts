/** Which portals report, which are late or silent, and what the footer says of them. */
import type { Catalogue, Source, SourceState, WallState } from '@room/contract';
import type { Mark, Speech } from './context.ts';
import { fitsOn, type Line } from './line.ts';

export interface ListedSource extends Source {
  state: SourceState | undefined;
}

/** A portal is known by the unit it speaks for; one that speaks for nobody in particular has its own name. */
export function sourceName(source: Source, catalogue: Catalogue, speech: Speech): string {
  const unit = [...catalogue.provinces, ...catalogue.agencies].find(({ id }) => id === source.unit);
  return speech.name(unit ?? source);
}

/** The same where a place of that name stands beside it: a portal that never reported is no place without dossiers. */
export function portalName(source: Source, catalogue: Catalogue, speech: Speech): string {
  const name = sourceName(source, catalogue, speech);
  return source.unit === undefined ? name : speech.t('portalOf', { name });
}

export const listedSources = (state: WallState, catalogue: Catalogue): ListedSource[] =>
  catalogue.sources.map((source) => ({ ...source, state: state.sources[source.id] }));

const isSilent = (source: ListedSource): boolean =>
  source.state?.status === 'silent' || source.state?.status === 'never';

const NEWS_MS = 24 * 3_600_000;

/** Whether it fell silent within a day: one that never reported, or not for long, is a state that everybody knows. */
export const fellSilent = ({ state }: ListedSource, now: number): boolean =>
  state?.status === 'silent' && state.reportedTo !== undefined && now - state.reportedTo < NEWS_MS;

/** Those that fell silent of late first, and the heaviest of them: the one whose silence hides most. */
export const silentSources = (state: WallState, catalogue: Catalogue): ListedSource[] => {
  const isNews = (source: ListedSource): number => Number(fellSilent(source, state.computedAt));
  return listedSources(state, catalogue)
    .filter(isSilent)
    .sort((a, b) => isNews(b) - isNews(a) || (b.state?.weight ?? 0) - (a.state?.weight ?? 0));
};

/** Those that report in time: one that is late is named as late, and not counted among them. */
export const reportingCount = (sources: readonly ListedSource[]): number =>
  sources.filter(({ state }) => state?.status === 'reporting').length;

/** How many sources report; where the numbers are old, when they did. */
export function reportingText(
  { coverage, computedAt }: WallState,
  sources: readonly ListedSource[],
  fresh: boolean,
  { format, t }: Speech,
): string {
  const counts = { n: reportingCount(sources), all: sources.length };
  return fresh
    ? t('sourcesReporting', counts)
    : t('sourcesReported', { ...counts, time: format.minute(coverage?.asOf ?? computedAt) });
}

export interface Note {
  mark: Mark;
  text: string;
}

function sourceNote(
  source: ListedSource,
  { kind }: WallState,
  catalogue: Catalogue,
  now: number,
  speech: Speech,
): Note | undefined {
  const { format, t } = speech;
  const name = portalName(source, catalogue, speech);
  // Since when it is silent now says nothing about a period that is over.
  if (kind === 'past')
    return isSilent(source) ? { mark: 'unknown', text: t('sourceNotInPeriod', { name }) } : undefined;
  const { status, reportedTo } = source.state ?? {};
  if (status === 'never' || (status === 'silent' && reportedTo === undefined))
    return { mark: 'unknown', text: t('sourceNever', { name }) };
  if (status === 'silent' && reportedTo !== undefined)
    return { mark: 'unknown', text: t('sourceSilent', { name, time: format.since(reportedTo, now) }) };
  if (status === 'late')
    return { mark: 'watch', text: t('sourceLate', { name, age: format.span(now - (reportedTo ?? now)) }) };
  return undefined;
}

/** The footer's notes by weight, as many as fit. */
export function footerNotes(state: WallState, catalogue: Catalogue, now: number, room: Line, speech: Speech): Note[] {
  const fits = (notes: readonly Note[]): boolean => fitsOn(room, notes);
  const sources = listedSources(state, catalogue)
    .sort((a, b) => Number(isSilent(b)) - Number(isSilent(a)) || (b.state?.weight ?? 0) - (a.state?.weight ?? 0))
    .flatMap((source) => sourceNote(source, state, catalogue, now, speech) ?? []);
  const counts = countNotes(state, now, fits, speech);
  const more = (n: number): Note[] => {
    if (n === 0) return [];
    return n < sources.length
      ? [{ mark: 'none', text: speech.t('sourcesMore', { n }) }]
      : [countedNote(listedSources(state, catalogue), speech)];
  };
  let named = sources.length;
  const line = () => [...counts, ...sources.slice(0, named), ...more(sources.length - named)];
  while (named > 0 && !fits(line())) named--;
  // How many report stands before them anyway; what waits stands nowhere else.
  const notes = counts.length > 0 && !fits(line()) ? counts : line();
  for (const note of asides(state, now, speech)) if (fits([...notes, note])) notes.push(note);
  return notes;
}

/** How many portals are silent and how many late, where none of them is named: as many as the headline says; the map counts places. */
function countedNote(sources: readonly ListedSource[], { t }: Speech): Note {
  const silent = sources.filter(isSilent).length;
  const late = sources.filter(({ state }) => state?.status === 'late').length;
  const text = [silent > 0 && t('sourcesSilent', { n: silent }, silent), late > 0 && t('lateNow', { n: late })];
  return { mark: silent > 0 ? 'unknown' : 'watch', text: text.filter(Boolean).join(', ') };
}

/** What the room itself holds back, and what makes totals jump, each in as many words as there is room for. */
function countNotes(
  { pipeline: { pending = 0, quarantined = 0, filling } }: WallState,
  now: number,
  fits: (notes: readonly Note[]) => boolean,
  { format, t, thresholds }: Speech,
): Note[] {
  const failing = (said: 'quarantined' | 'quarantinedBrief'): Note[] =>
    quarantined > 0 ? [{ mark: 'watch', text: t(said, { n: format.count(quarantined) }, quarantined) }] : [];
  const whole = failing('quarantined');
  const failed = fits(whole) ? whole : failing('quarantinedBrief');
  const waiting = (said: 'pending' | 'pendingBrief'): Note[] =>
    pending >= thresholds.pendingNotable
      ? [{ mark: 'none', text: t(said, { n: format.count(pending) }, pending) }]
      : [];
  const waits = waiting('pending');
  if (filling === undefined)
    return [waits, waiting('pendingBrief')].map((some) => [...some, ...failed]).find(fits) ?? failed;
  const n = format.rough(filling.events);
  const fills = t('filling', { n });
  const since: Note = { mark: 'none', text: t('fillingSince', { fills, time: format.since(filling.since, now) }) };
  // What is filled in waits to be counted, mostly.
  const lines: Note[][] = [
    [...waits, since, ...failed],
    [since, ...failed],
    [{ mark: 'none', text: fills }, ...failed],
  ];
  return lines.find(fits) ?? failed;
}

/** Good to know, where there is room. */
function asides({ lateChanges, backlog }: WallState, now: number, { format, t }: Speech): Note[] {
  const notes: Note[] = [];
  const [day, change] = latest(lateChanges);
  if (day !== undefined && change !== undefined)
    notes.push({
      mark: 'none',
      text: t('lateChange', { day: format.dayOfYear(day), change: format.signed(change) }),
    });
  if (backlog !== undefined) {
    // How many of them are overdue is a number of its own.
    const time = format.since(backlog.oldest, now);
    notes.push({ mark: 'none', text: t('backlog', { open: format.rough(backlog.open), time }) });
  }
  return notes;
}

/** The latest day that changed: keys travel in patches, so their order says nothing. */
const latest = (changes: WallState['lateChanges']): [string?, number?] =>
  Object.entries(changes)
    .filter(([, change]) => change !== 0)
    .sort(([a], [b]) => a.localeCompare(b))
    .at(-1) ?? [];
