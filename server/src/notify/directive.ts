/** What somebody is told of a directive: by its own unit, with nothing of the numbers of its alert. */
import { type DirectiveBody, directiveBodySchema } from '@room/contract';
import type { DirectiveEvent, DirectiveRow } from '@room/database';
import { memberOf, type Subject } from './routing.ts';
import type { Notice } from './words.ts';

/** `alert`: what it came of, by whose id the ledger has who was told. */
export function directiveNotice(
  { id, dim, code, body: text }: Pick<DirectiveRow, 'id' | 'dim' | 'code' | 'body'>,
  alert: Subject,
  { action, at, who }: Pick<DirectiveEvent, 'action' | 'at' | 'who'>,
): Notice {
  const { order, response, decided }: DirectiveBody = directiveBodySchema.parse(JSON.parse(text));
  const why = action === 'directive.answered' ? undefined : decided?.why;
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
      text: order.text,
      due: order.due,
      ...(order.head === undefined ? {} : { head: order.head }),
      ...(action === 'directive.answered' && response !== undefined ? { response: response.measure } : {}),
      ...(why === undefined ? {} : { why }),
    },
  };
}
