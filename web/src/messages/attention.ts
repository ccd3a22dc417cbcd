/**
 * The second line of the wall: what is new, then what is so every day. An episode and a portal that fell silent are news; who is
 * behind on time, whom the ranking shows anyway, and who never reported are a state, and give way to news.
 */
import type { Catalogue, WallState } from '@room/contract';
import { agencyRows } from '../ranking.ts';
import type { Sentence, Speech } from './context.ts';
import { unusualSentence } from './forecasting.ts';
import { type Counted, fitsOn, type Line, namesWithin } from './line.ts';
import { fellSilent, portalName, silentSources } from './sources.ts';
import { isLow } from './status.ts';

const UNITS: Counted = { only: 'unitsOnly', more: 'unitsMore' };
const PORTALS: Counted = { only: 'portalsOnly', more: 'portalsMore' };

export function attentionSentences(state: WallState, catalogue: Catalogue, speech: Speech, line: Line): Sentence[] {
  // Whether a portal reports at this moment says nothing about a period that is over.
  if (state.kind === 'past') return onTimeSentence(state, catalogue, speech, (said) => fitsOn(line, [said]));
  const unusual = unusualSentence(state, catalogue, speech);
  const news = unusual === undefined ? [] : [unusual];
  const least = silentSentence(state, catalogue, speech, () => false);
  const behind = onTimeSentence(state, catalogue, speech, (said) => fitsOn(line, [...news, said, ...least])).filter(
    (said) => news.length === 0 || (isBehind(said) && fitsOn(line, [...news, said, ...least])),
  );
  const silent = silentSentence(state, catalogue, speech, (said) => fitsOn(line, [...news, ...behind, said]));
  const [first] = silentSources(state, catalogue);
  const isNews = first !== undefined && fellSilent(first, state.computedAt);
  return isNews ? [...news, ...silent, ...behind] : [...news, ...behind, ...silent];
}

/** A share as it is written. */
const tenth = (share = 1): number => Math.round(share * 1_000) / 1_000;

const isBehind = ({ mark }: Sentence): boolean => mark === 'act' || mark === 'watch';

/** Which portals are not heard; nothing where all are. */
function silentSentence(
  state: WallState,
  catalogue: Catalogue,
  speech: Speech,
  fits: (said: Sentence) => boolean,
): Sentence[] {
  const names = silentSources(state, catalogue).map((source) => portalName(source, catalogue, speech));
  if (names.length === 0) return [];
  const said = (listed: string): Sentence => ({
    mark: 'unknown',
    lead: speech.t('unknown'),
    text: speech.t('unknownText', { names: listed }),
  });
  return [said(namesWithin(names, (listed) => fits(said(listed)), PORTALS, speech))];
}

/** Who is behind, those with the most late dossiers first, or that nobody is. */
function onTimeSentence(
  state: WallState,
  catalogue: Catalogue,
  speech: Speech,
  fits: (said: Sentence) => boolean,
): Sentence[] {
  const { format, t, thresholds } = speech;
  const isPart = state.kind === 'now' && isLow(state, speech);
  const rows = agencyRows(state, catalogue, speech);
  /** Beside a line that says that the whole cannot be judged, of whom this is. */
  const of = (said: string): string => (isPart ? t('ofReporting', { text: said }) : said);
  for (const mark of ['act', 'watch'] as const) {
    const behind = rows.filter((row) => row.mark === mark);
    const names = behind.map((row) => row.name);
    if (names.length === 0) continue;
    const limit = mark === 'act' ? thresholds.onTimeAct : thresholds.onTimeWatch;
    const target = format.limit(limit);
    // Whoever was below is told until they are clear of it: what stands beside their name may be the limit itself.
    const text = behind.every((row) => tenth(row.onTime) < limit) ? 'behindOnTime' : 'behindOrAtOnTime';
    const said = (listed: string): Sentence => ({ mark, lead: t(mark), text: of(t(text, { names: listed, target })) });
    return [said(namesWithin(names, (listed) => fits(said(listed)), UNITS, speech))];
  }
  if (rows.some((row) => row.mark === 'ok')) {
    const text = of(t('onTimeGoodText', { target: format.limit(thresholds.onTimeWatch) }));
    return [{ mark: 'ok', lead: t('onTimeGood'), text }];
  }
  // Whoever is not heard is told of as that.
  if (rows.some((row) => row.mark === 'unknown')) return [];
  return state.events === 0 ? [] : [{ mark: 'few', lead: t('onTimeGood'), text: t('onTimeUnknownText') }];
}
