/** What is said of what happened: of which kind, of whom, when. Pure. */
import type { Annotation, AnnotationKind, Catalogue } from '@room/contract';
import { annotations } from '../i18n/annotations.ts';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import type { Speech } from './context.ts';

addMessages(annotations);

export const KIND_NAMES: Readonly<Record<AnnotationKind, MessageKey>> = {
  decree: 'kindDecree',
  outage: 'kindOutage',
  campaign: 'kindCampaign',
  holiday: 'kindHoliday',
};

export function ofText({ of }: Pick<Annotation, 'of'>, catalogue: Catalogue, { name, t }: Speech): string {
  if (of.dim === 'all') return t('wholeRoom');
  const found =
    of.dim === 'service'
      ? catalogue.services.find(({ code }) => code === of.code)
      : (of.dim === 'agency' ? catalogue.agencies : catalogue.provinces).find(({ id }) => id === of.code);
  return found === undefined ? of.code : name(found);
}

/** 19/11/2026 08:22–10:00, or the days. */
export function whenText({ from, to }: Pick<Annotation, 'from' | 'to'>, { format }: Speech): string {
  const text = (when: string): string =>
    when.length === 10 ? format.day(when) : `${format.day(when.slice(0, 10))} ${when.slice(11)}`;
  if (from === to || (to.length === 10 && from.slice(0, 10) === to)) return text(from);
  return from.slice(0, 10) === to.slice(0, 10) ? `${text(from)}–${to.slice(11)}` : `${text(from)} – ${text(to)}`;
}
