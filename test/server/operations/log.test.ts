/** One line a request, but of a flood that is turned away. */
import { expect, it } from 'vitest';
import { AnswerLog } from '../../../server/src/operations/log.ts';
import type { AnsweredRequest } from '../../../server/src/requests.ts';

const request: AnsweredRequest = { requestId: 'r', method: 'GET', path: '/sign-in', status: 503, code: 'busy', ms: 1 };

it('counts those who are told that too many ask, and says nothing less of others', () => {
  const said: unknown[] = [];
  let now = 0;
  const line = (level: string) => (facts: object, message: string) => void said.push([level, facts, message]);
  const logger = { warn: line('warn'), info: line('info'), debug: line('debug'), error: line('error') };
  const log = new AnswerLog({ ...logger, child: () => logger } as never, () => now);
  for (let n = 0; n < 10_000; n++) log.note(request);
  expect(said).toHaveLength(20);
  log.note({ ...request, code: 'warehouse', route: '/v1/query' });
  expect(said.at(-1)).toMatchObject(['warn', { code: 'warehouse' }, 'request failed']);
  now = 10_001;
  log.note({ ...request, status: 200, code: undefined as never, route: '/v1/session' });
  expect(said.at(-2)).toMatchObject(['warn', { requests: 9_980 }, expect.stringContaining('too many ask')]);
  log.note(request);
  expect(said).toHaveLength(24);
});
