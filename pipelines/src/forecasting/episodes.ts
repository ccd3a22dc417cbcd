/** What is out of the ordinary: each unit's hours against what was expected of them, folded to one episode a cause. Pure. */
import type { Dimension, Episode } from '@room/contract';
import {
  type CommonCause,
  driversOf,
  type Findings,
  findEpisodes,
  foldEpisodes,
  type Located,
  type Told,
} from '@room/forecast';
import { HOUR } from './calendar.ts';
import type { Scene } from './nation.ts';
import { EXPLAINING, NATION, nameOf, type Subject } from './plan.ts';

/** Episodes are looked for so far back; older ones do not change any more. */
export const LOOKED_BACK_MS = 4 * 24 * HOUR;
const MOST_DRIVERS = 5;
const MOST_OF_A_KIND = 3;
/** Smaller shares explain nothing. */
const LEAST_SHARE = 0.05;

const METRIC = 'submitted';

interface JudgedSubject {
  subject: { dim: string; code: string };
  findings: Findings;
}

/** Latest first. `agencyOf` says whose a service is; `told` is what was shown before. */
export function episodesOf(
  scene: Scene,
  subjects: readonly Subject[],
  agencyOf: (service: string) => string | undefined,
  told: readonly Episode[],
): Episode[] {
  const { grids, hours } = scene;
  const now = grids.hours.start + grids.hours.known * HOUR;
  const from = now - LOOKED_BACK_MS;
  const judge = judgeOf(scene, from, told);
  const found: Located[] = subjects.flatMap((subject) => {
    const { findings } = judge(subject);
    if (!findings.ok) return [];
    return findings.episodes
      .filter(({ kind, end }) => kind !== 'silence' && (end ?? now) > from)
      .map((episode) => ({
        series: nameOf(subject),
        dimension: subject.dim,
        within: withinOf(subject, agencyOf),
        episode,
        isTold: toldOf(subject, told).some(
          (it) => it.kind === 'departure' && it.onset < (episode.end ?? now) && (it.end ?? now) > episode.onset,
        ),
      }));
  });
  const departures = foldEpisodes(found, now).map((cause) => departure(cause, judge, scene));
  const silences = hours.codesOf('source').flatMap((code) => silencesOf(judge({ dim: 'source', code }), from, now));
  return [...departures, ...silences].sort((a, b) => b.onset - a.onset || (a.id < b.id ? -1 : 1));
}

type JudgeSubject = (subject: { dim: string; code: string }) => JudgedSubject;

/** Judges a series once, however often it is asked about. */
function judgeOf({ grids, calendar, hours }: Scene, from: number, told: readonly Episode[]): JudgeSubject {
  const { start, step, known } = grids.hours;
  const dayTypes = calendar.hourLabels(start, known);
  const judged = new Map<string, JudgedSubject>();
  return (subject) => {
    const name = nameOf(subject);
    let it = judged.get(name);
    if (it === undefined) {
      const { dim, code } = subject;
      const values = hours.judged(dim, code, METRIC);
      it = {
        subject,
        findings: findEpisodes({
          start,
          step,
          values,
          reported: hours.reported(dim, code),
          dayTypes,
          from,
          told: toldOf(subject, told),
        }),
      };
      judged.set(name, it);
    }
    return it;
  };
}

const toldOf = ({ dim, code }: { dim: string; code: string }, told: readonly Episode[]): Told[] =>
  told
    .filter((it) => it.dim === dim && it.code === code)
    .map(({ kind, onset, end }) => ({ kind: kind === 'silence' ? 'silence' : 'departure', onset, end }));

const withinOf = ({ dim, code }: Subject, agencyOf: (service: string) => string | undefined): string[] => {
  if (dim === 'all') return [];
  const agency = dim === 'service' ? agencyOf(code) : undefined;
  return agency === undefined ? [nameOf(NATION)] : [nameOf(NATION), nameOf({ dim: 'agency', code: agency })];
};

function departure({ lead, also }: CommonCause, judge: JudgeSubject, scene: Scene): Episode {
  const { episode } = lead;
  const [dim = 'all', code = ''] = splitName(lead.series);
  const kind = episode.kind === 'above' ? 'surge' : 'drop';
  return {
    id: `${kind}-${lead.series}-${METRIC}-${new Date(episode.onset).toISOString()}`,
    kind,
    dim: dim as Episode['dim'],
    code,
    metric: METRIC,
    onset: episode.onset,
    ...(episode.end === undefined ? {} : { end: episode.end }),
    observed: Math.round(episode.observed),
    expected: Math.round(episode.expected),
    score: Math.round(episode.score * 10) / 10,
    drivers: dim === 'all' ? nationalDrivers(lead, judge, scene) : kindredDrivers(lead, also),
  };
}

/** Units of each kind, by what they held in the episode against what was expected of them. */
function nationalDrivers({ episode }: Located, judge: JudgeSubject, { grids, hours }: Scene): Episode['drivers'] {
  const { start, step, known } = grids.hours;
  const first = Math.max(0, Math.round((episode.onset - start) / step));
  const last = Math.min(known, Math.round(((episode.end ?? start + known * step) - start) / step));
  return EXPLAINING.flatMap((dim) => {
    const observed = new Map<string, number>();
    const expected = new Map<string, number>();
    for (const code of hours.codesOf(dim)) {
      const { findings } = judge({ dim, code });
      if (!findings.ok) continue;
      const [held, usual] = [findings.judgement.observed, findings.judgement.expected];
      let [counted, foreseen] = [0, 0];
      for (let t = first; t < last; t++) {
        if (Number.isNaN(held[t]) || Number.isNaN(usual[t])) continue;
        counted += held[t] as number;
        foreseen += usual[t] as number;
      }
      observed.set(code, counted);
      expected.set(code, foreseen);
    }
    return driversOf(observed, expected, MOST_OF_A_KIND).drivers.map(({ part, share }) => ({ dim, code: part, share }));
  })
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_DRIVERS);
}

/** Of a unit only that is known which shows the same: its services, or the unit of another kind that it meets. */
const kindredDrivers = (lead: Located, also: readonly Located[]): Episode['drivers'] =>
  also
    .map(({ series, episode }) => {
      const [dim, code = ''] = splitName(series);
      return {
        dim: dim as Dimension,
        code,
        share: Math.min(1, episode.size / lead.episode.size),
      };
    })
    .filter(({ dim, share }) => (dim as string) !== 'all' && share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_DRIVERS);

function silencesOf({ subject, findings }: JudgedSubject, from: number, now: number): Episode[] {
  if (!findings.ok) return [];
  return findings.episodes
    .filter(({ kind, end }) => kind === 'silence' && (end ?? now) > from)
    .map((episode) => ({
      id: `silence-${nameOf(subject)}-${new Date(episode.onset).toISOString()}`,
      kind: 'silence',
      dim: 'source',
      code: subject.code,
      metric: METRIC,
      onset: episode.onset,
      ...(episode.end === undefined ? {} : { end: episode.end }),
      observed: Math.round(episode.observed),
      expected: Math.round(episode.expected),
      score: 0,
      drivers: [],
    }));
}

/** A source's code has colons of its own. */
const splitName = (name: string): [string, string] => {
  const colon = name.indexOf(':');
  return colon < 0 ? [name, ''] : [name.slice(0, colon), name.slice(colon + 1)];
};
