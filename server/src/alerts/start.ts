/** Alerts of a server: rules looked at where this process leads, and told to viewers when anything changed, by whichever process. */
import { asKept, type Catalogue, EVERYTHING, type Rule, ruleSchema, type Scope } from '@room/contract';
import { ALERT, AlertTable, type Changed, type Database, DIRECTIVE, DirectiveTable, Documents } from '@room/database';
import type { Owned } from '@room/operations';
import { Evaluator, type EvaluatorOptions } from './evaluator.ts';
import { AlertStore } from './store.ts';

/** The kind of its documents. */
export const RULE = 'rule';
/** Of as many changes at once it is found out whom they concern. */
const MOST_ASKED = 50;

export interface Work {
  start(): void;
  stop(): Promise<void>;
}

export interface AlertingOptions
  extends Pick<
    EvaluatorOptions,
    'current' | 'ageMs' | 'queries' | 'store' | 'links' | 'indicators' | 'index' | 'report'
  > {
  catalogue: Catalogue;
  starters: Readonly<Record<string, Rule>>;
  database: Database;
  /** Has `begin` make the work of this process whenever it takes the lead. */
  lead: (begin: () => Work) => Promise<AsyncDisposable>;
  /** What else the process that leads does: it tells people of what became of alerts, and reminds them. */
  beside: () => readonly Work[];
  /** Tells viewers whose scope sees what changed. */
  tell: (sees: (scope: Scope) => boolean) => void;
  directives: { seenBy(id: string): Promise<(scope: Scope) => boolean> };
}

export interface Alerting {
  rules: Documents<Rule>;
  store: AlertStore;
}

export async function startAlerting(options: AlertingOptions, owned: Owned): Promise<Alerting> {
  const { catalogue, starters, database, lead, tell, current, ageMs, queries, store: levels, links, report } = options;
  const { indicators, index } = options;
  const rules = new Documents<Rule>({ database, kind: RULE, schema: asKept(ruleSchema) });
  const table = new AlertTable(database);
  const store = new AlertStore(table, rules);
  let leading: Evaluator | undefined;
  owned.own(
    await lead(() => {
      leading = new Evaluator({
        catalogue,
        rules,
        starters,
        table,
        current,
        ageMs,
        queries,
        store: levels,
        links,
        directives: new DirectiveTable(database),
        indicators,
        index,
        report,
      });
      const works = [leading, ...options.beside()];
      return {
        start: () => {
          for (const work of works) work.start();
        },
        stop: async () => {
          await Promise.all(works.map((work) => work.stop()));
        },
      };
    }),
  );
  const heard = async (changes: readonly Changed[] | undefined): Promise<void> => {
    if (changes === undefined || changes.some(({ kind }) => kind === RULE)) leading?.changed();
    if (changes?.every(({ kind }) => kind !== RULE) !== true) return tell(() => true);
    const told = new Map(changes.map(({ kind, subject }) => [subject, kind]));
    // Of a plan of a thousand tasks whoever looks at them looks again, which is less work than to ask whom each concerns.
    if (told.size > MOST_ASKED) return tell(() => true);
    const seen = await Promise.all(
      [...told].map(([id, kind]) => (kind === DIRECTIVE ? options.directives : store).seenBy(id)),
    );
    tell((scope) => scope.key === EVERYTHING.key || seen.some((sees) => sees(scope)));
  };
  owned.own(database.changes.follow([ALERT, DIRECTIVE, RULE], heard));
  return { rules, store };
}
