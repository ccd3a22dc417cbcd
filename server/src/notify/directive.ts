/** What somebody is told of a directive or a task: by its own unit, with nothing of the numbers of an alert. */
import { type DirectiveBody, directiveBodySchema, keptAs } from '@room/contract';
import type { DirectiveEvent, GoneRow } from '@room/database';
import { memberOf, type Subject } from './routing.ts';
import type { Notice } from './words.ts';

/** `alert`: what it came of, by whose id the ledger has who was told. */
export function directiveNotice(
  { id, kind, dim, code, body: text }: GoneRow,
  alert: Subject,
  { action, at, who }: Pick<DirectiveEvent, 'action' | 'at' | 'who'>,
): Notice {
  const { order, response, decided }: DirectiveBody = keptAs(directiveBodySchema, JSON.parse(text));
  const why = action.endsWith('.answered') ? undefined : decided?.why;
  return {
    id: alert.id,
    rule: alert.rule,
    body: alert.body,
    ...memberOf(dim, code),
    action,
    at,
    who,
    isEscalated: false,
    directive: {
      id,
      kind: kind === 'task' ? 'task' : 'directive',
      text: order.text,
      due: order.due,
      ...(order.head === undefined ? {} : { head: order.head }),
      ...(action.endsWith('.answered') && response !== undefined ? { response } : {}),
      ...(why === undefined ? {} : { why }),
    },
  };
}

/** A task rang by nothing: it takes the routes of its unit, and those that name `rule` as `task`. */
export function taskSubject({ id, dim, code, body: text }: GoneRow): Subject {
  const { of, order }: DirectiveBody = keptAs(directiveBodySchema, JSON.parse(text));
  const source = of === undefined ? order.text : `${of.plan}, ${of.item}`;
  const label = { vi: source, en: source };
  return { id, rule: 'task', ...memberOf(dim, code), body: { label, reason: label, severity: 'warning', labels: {} } };
}
