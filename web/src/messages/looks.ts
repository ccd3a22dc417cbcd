/** As whom a demonstration may be looked at, in words. */
import type { Language, Look } from '@room/contract';
import type { MessageKey, Translate } from '../i18n/index.ts';

const NAMES: Readonly<Record<string, MessageKey>> = {
  leadership: 'lookLeadership',
  analyst: 'lookAnalyst',
  operator: 'lookOperator',
  administrator: 'lookAdministrator',
};

/** A unit has its own name. */
export function lookName({ id, unit }: Pick<Look, 'id' | 'unit'>, language: Language, t: Translate): string {
  const key = NAMES[id];
  return unit?.label[language] ?? (key === undefined ? id : t(key));
}

export interface LookGroup {
  /** Empty for those who see everything. */
  name: string;
  looks: { id: string; name: string }[];
}

/** Those who see everything first, then each kind of unit. */
export function lookGroups(looks: readonly Look[], language: Language, t: Translate): LookGroup[] {
  const groups = new Map<string, LookGroup>();
  for (const look of looks) {
    const name = look.unit?.noun[language] ?? '';
    const group = groups.get(name) ?? { name, looks: [] };
    group.looks.push({ id: look.id, name: lookName(look, language, t) });
    groups.set(name, group);
  }
  return [...groups.values()];
}
