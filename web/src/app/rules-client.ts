/** What the page of rules asks and tells. Throws `RequestFailed`. */
import type { Backtest, ImportedRules, KeptRule, Rule, RuleHistory, TriedRule } from '@room/contract';
import { answerOf, telling } from './client.ts';

const post = async <T>(address: string, body: object): Promise<T> => (await answerOf(address, telling(body))) as T;
const ofRule = (id: string, step = ''): string => `/v1/rules/${encodeURIComponent(id)}${step}`;

/** By id, as a file has them; the server says what is not valid of it. */
export type RulesFile = Readonly<Record<string, unknown>>;

export const rulesClient = {
  make: (id: string, rule: Rule, why: string) => post<KeptRule>('/v1/rules', { ...rule, id, why }),
  /** Over the version that was edited. */
  change: (id: string, version: number, rule: Rule, why: string) =>
    post<KeptRule>(ofRule(id), { ...rule, version, why }),
  remove: (id: string, version: number) => post<object>(ofRule(id, '/remove'), { version }),
  /** Of the change that made `version`. */
  undo: (id: string, version: number) => post<{ rule?: KeptRule }>(ofRule(id, '/undo'), { version }),
  bring: (rules: RulesFile, isTrial: boolean) => post<ImportedRules>('/v1/rules/import', { rules, isTrial }),
  backtest: async (rule: TriedRule, days: number, signal: AbortSignal) =>
    (await answerOf('/v1/rules/backtest', { ...telling({ rule, days }), signal })) as Backtest,
  history: async (id: string, signal?: AbortSignal) =>
    (await answerOf(ofRule(id, '/history'), signal === undefined ? {} : { signal })) as RuleHistory,
};
