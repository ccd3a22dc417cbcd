/** Who did something, as all pages name them. */
import type { Catalogue } from '@room/contract';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import { who as words } from '../i18n/who.ts';
import type { Speech } from './context.ts';
import { lookName } from './looks.ts';

addMessages(words);

const NAMES: Readonly<Record<string, MessageKey>> = {
  room: 'whoRoom',
  simulator: 'whoSimulator',
  catalogue: 'whoCatalogue',
  operator: 'lookOperator',
  visitor: 'whoVisitor',
};

/**
 * As the audit names them: `person:ID`, `look:ID`, the room itself. A person is who they sign in as; whoever looked as a unit is told as
 * that unit.
 */
export function whoText(who: string, catalogue: Catalogue, { t, language }: Pick<Speech, 't' | 'language'>): string {
  const [kind = '', ...rest] = who.split(':');
  const id = rest.join(':');
  const key = id === '' ? NAMES[kind] : undefined;
  if (key !== undefined) return t(key);
  if (kind !== 'look') return id === '' ? who : id;
  const [of, code] = rest;
  const units = of === 'agency' ? catalogue.agencies : of === 'province' ? catalogue.provinces : [];
  const unit = units.find((each) => each.id === code);
  return lookName(
    { id, ...(unit === undefined ? {} : { unit: { noun: unit.label, label: unit.short ?? unit.label } }) },
    language,
    t,
  );
}
