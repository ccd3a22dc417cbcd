/** The words of evidence: what a number is of, when, and what an event is. Pure. */
import {
  type Catalogue,
  type Dimension,
  type Evidence,
  type EvidentEvent,
  type ExplainedMeasure,
  type Explanation,
  isRatio,
  type Measure,
} from '@room/contract';
import { evidence } from '../i18n/evidence.ts';
import { addMessages } from '../i18n/index.ts';
import type { Speech } from './context.ts';
import { dimensionName, measureText, memberNames } from './explore.ts';

addMessages(evidence);

/** `2026-11`, `2026-11-19` or `2026-11-19T07` as people write it. */
export function pointText(at: string, { format }: Pick<Speech, 'format'>): string {
  if (at.length === 7) return format.monthOf(`${at}-01`);
  const day = format.day(at.slice(0, 10));
  return at.length === 10 ? day : `${format.hour(Number(at.slice(11)))} ${day}`;
}

export const momentText = (at: number, { format }: Pick<Speech, 'format'>): string =>
  `${format.clock(at)} ${format.dayOf(at)}`;

/** Which days, or which point of them. */
export const whenText = ({ from, to, at }: Evidence['period'], speech: Speech): string =>
  at === undefined ? speech.format.period(from, to) : pointText(at, speech);

/** Counts that differ, or shares, by how much. */
export const differenceText = (measure: Measure, found: number | undefined, shown: number, speech: Speech): string =>
  measureText(measure, Math.abs((found ?? 0) - shown), speech);

/** What somebody gave to a change: dossiers, or points of per cent. */
export const gaveText = (measure: ExplainedMeasure, change: number, { format, t }: Speech, digits = 1): string =>
  isRatio(measure) ? t('points', { change: format.points(change, digits) }) : format.signed(change);

const MOST_DIGITS = 3;
/** Digits of points by which these are told: more where all would read as nothing, beside bars that say otherwise. */
export function digitsOf(changes: readonly number[]): number {
  const most = Math.max(0, ...changes.map((change) => Math.abs(change * 100)));
  let digits = 1;
  while (digits < MOST_DIGITS && most > 0 && most < 0.5 / 10 ** digits) digits++;
  return digits;
}

/** Why the change of the whole is another than the page tells: the periods are not as long, or have not as many working days. */
export const wholeText = ({ now, before }: Explanation['periods'], { t }: Speech): string =>
  t(now.days === before.days ? 'explainWorkingDays' : 'explainWhole');

/** An event's own facts, named. */
export function factsOf(event: EvidentEvent, catalogue: Catalogue, speech: Speech): { name: string; value: string }[] {
  const { t, format } = speech;
  const member = (dimension: Dimension, code: string) => ({
    name: dimensionName(dimension, catalogue, speech),
    value: memberNames(dimension, catalogue, speech).get(code) ?? code,
  });
  const { id, source, occurredAt, span, receivedAt, partition, offset, corrects } = event;
  return [
    { name: t('eventId'), value: id },
    ...(corrects === undefined ? [] : [{ name: t('eventCorrects'), value: corrects }]),
    { name: t('eventPortal'), value: member('source', source).value },
    { name: t('eventOccurred'), value: momentText(occurredAt, speech) },
    ...(span === undefined ? [] : [{ name: t('eventInterval'), value: format.span(span) }]),
    { name: t('eventReceived'), value: momentText(receivedAt, speech) },
    { name: t('eventPosition'), value: t('eventPlace', { partition, offset }) },
    member('agency', event.agency),
    ...(event.province === '' ? [] : [member('province', event.province)]),
    member('service', event.service),
    ...(event.channel === undefined ? [] : [member('channel', String(event.channel))]),
    ...(event.status === undefined ? [] : [member('status', String(event.status))]),
  ];
}
