/** The second line of the wall: who needs attention, and what is not known. */
import type { Catalogue, WallState } from '@room/contract';
import { agencyRows } from '../ranking.ts';
import { namesWithin, type Sentence, type Speech } from './context.ts';
import { unusualSentence } from './forecasting.ts';
import { silentSources, sourceName } from './sources.ts';

/** Characters of 42 u that one line of the wall holds beside its marks. */
const LINE = 84;

export function attentionSentences(state: WallState, catalogue: Catalogue, speech: Speech): Sentence[] {
  const { t } = speech;
  // Whether a portal reports at this moment says nothing about a period that is over.
  if (state.kind === 'past') return onTimeSentence(state, catalogue, LINE, speech);
  const silent = silentSources(state, catalogue).map((source) => sourceName(source, catalogue, speech));
  const unknown = (names: string): Sentence => ({
    mark: 'unknown',
    lead: t('unknown'),
    text: t('unknownText', { names }),
  });
  const least = silent.length === 0 ? [] : [unknown(namesWithin(silent, 0, speech))];
  const first = urgent(state, catalogue, LINE - lengthOf(least), speech);
  if (silent.length === 0) return first;
  return [...first, unknown(namesWithin(silent, LINE - lengthOf([...first, unknown('')]), speech))];
}

/** Who is behind, then what is unusual where the line has room for both; that all is well gives way to it. */
function urgent(state: WallState, catalogue: Catalogue, room: number, speech: Speech): Sentence[] {
  const unusual = unusualSentence(state, catalogue, speech);
  if (unusual === undefined) return onTimeSentence(state, catalogue, room, speech);
  const behind = onTimeSentence(state, catalogue, room - lengthOf([unusual]), speech).filter(isBehind);
  if (lengthOf([...behind, unusual]) <= room) return [...behind, unusual];
  return onTimeSentence(state, catalogue, room, speech);
}

const isBehind = ({ mark }: Sentence): boolean => mark === 'act' || mark === 'watch';

const lengthOf = (sentences: readonly Sentence[]): number =>
  sentences.reduce((length, { lead, text }) => length + lead.length + text.length + 1, 0);

function onTimeSentence(state: WallState, catalogue: Catalogue, room: number, speech: Speech): Sentence[] {
  const { format, t, thresholds } = speech;
  const rows = agencyRows(state, catalogue, speech);
  for (const mark of ['act', 'watch'] as const) {
    const names = rows.filter((row) => row.mark === mark).map((row) => row.name);
    if (names.length === 0) continue;
    const lead = t(mark);
    const target = format.percent(mark === 'act' ? thresholds.onTimeAct : thresholds.onTimeWatch);
    const why = (shown: string): string => t('behindOnTime', { names: shown, target });
    return [{ mark, lead, text: why(namesWithin(names, room - lead.length - 1 - why('').length, speech)) }];
  }
  if (rows.some((row) => row.mark === 'ok')) {
    const text = t('onTimeGoodText', { target: format.percent(thresholds.onTimeWatch) });
    return [{ mark: 'ok', lead: t('onTimeGood'), text }];
  }
  return state.events === 0 ? [] : [{ mark: 'few', lead: t('onTimeGood'), text: t('onTimeUnknownText') }];
}
