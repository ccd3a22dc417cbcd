/** What people keep beside the numbers, each with its rule of who sees it and who may change it. */
import {
  type Annotation,
  annotationSchema,
  type Catalogue,
  EVERYTHING,
  type Frozen,
  isSharedWith,
  isTold,
  type Kept,
  type Notebook,
  notebookSchema,
  owns,
  type Scope,
  type Share,
  unknownIn,
  type View,
  viewSchema,
} from '@room/contract';
import { FrozenAnswerTable } from '@room/database';
import { assertSeen } from '../access/access.ts';
import type { Actor } from '../access/principal.ts';
import type { Route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { type FrozenOptions, frozenAnswer, frozenRoutes } from './frozen.ts';
import { keptRoutes } from './kept-routes.ts';
import { KeptStore, ownerOf, type Policy } from './store.ts';

export interface KeptOptions extends FrozenOptions {
  catalogue: Pick<Catalogue, 'agencies' | 'provinces' | 'services' | 'timeZone'>;
}

/** Of one owner. */
const MOST_VIEWS = 300;
const MOST_NOTEBOOKS = 100;
const MOST_ANNOTATIONS = 1_000;

/** Its owner changes it; what is shared may be changed by who administers everything too, as owners leave. */
const shared = <T extends { share: Share }>({ catalogue }: KeptOptions): Policy<T> => {
  const sees: Policy<T>['sees'] = ({ owner, body }, actor) =>
    owner === ownerOf(actor) || isSharedWith(body.share, actor.scope);
  return {
    sees,
    mayEdit: (of, actor) => of.owner === ownerOf(actor) || (sees(of, actor) && administers(actor)),
    assertWritable: ({ share }, { scope }) => {
      if (share.with !== 'unit') return;
      const units = share.dim === 'agency' ? catalogue.agencies : catalogue.provinces;
      if (!units.some(({ id }) => id === share.code))
        throw new HttpError(400, 'bad_request', `share: the catalogue has no ${share.dim} ${share.code}`);
      assertSeen(scope, share.dim, share.code);
    },
  };
};
const administers = ({ rights, scope }: Actor): boolean => rights.has('administer') && scope.key === EVERYTHING.key;

/** What happened to a unit is written by whoever sees that unit in full, and told to the same. */
const annotations = ({ catalogue }: KeptOptions): Policy<Annotation> => ({
  sees: ({ body }, { scope }) => isTold(body, scope),
  mayEdit: ({ body: { of } }, { scope, rights }) =>
    rights.has('analyse') && owns(scope, of.dim, of.dim === 'all' ? '' : of.code),
  assertWritable: (body, { scope }) => {
    const unknown = unknownIn(body, catalogue);
    if (unknown !== undefined) throw new HttpError(400, 'bad_request', `of: ${unknown}`);
    const { of } = body;
    if (!owns(scope, of.dim, of.dim === 'all' ? '' : of.code))
      throw new HttpError(
        403,
        'outside_scope',
        'of: this is outside of what you may see in full; what is of the whole country is written by whoever sees all of it',
      );
  },
});

export interface KeptThings {
  routes: Route[];
  /** What happened, that is told to whoever asks. */
  happened: { list: (actor: Actor) => Promise<Kept<Annotation>[]> };
  /** What a notebook is made of, for who sees it. */
  notebooks: {
    get: (actor: Actor, id: string) => Promise<Kept<Notebook>>;
    frozen: (scope: Scope, id: string) => Promise<Frozen>;
  };
}

export function keptOf(options: KeptOptions): KeptThings {
  const { database, isTrial } = options;
  const table = new FrozenAnswerTable(database);
  const happened = new KeptStore<Annotation>({
    database,
    kind: 'annotation',
    schema: annotationSchema,
    most: MOST_ANNOTATIONS,
    isTrial,
    ...annotations(options),
  });
  const notebooks = new KeptStore<Notebook>({
    database,
    kind: 'notebook',
    schema: notebookSchema,
    most: MOST_NOTEBOOKS,
    isTrial,
    ...shared(options),
  });
  const views = new KeptStore<View>({
    database,
    kind: 'saved_view',
    schema: viewSchema,
    most: MOST_VIEWS,
    isTrial,
    ...shared(options),
  });
  const routes = [
    ...keptRoutes({
      store: views,
      path: '/v1/views',
      one: 'view',
      lists: "questions that are kept: one's own, and those that are shared with one",
      schema: viewSchema,
      right: 'analyse',
    }),
    ...keptRoutes({
      store: notebooks,
      path: '/v1/notebooks',
      one: 'notebook',
      lists: "questions with words to them, for a meeting: one's own, and those that are shared with one",
      schema: notebookSchema,
      right: 'analyse',
    }),
    ...frozenRoutes(options, table),
    ...keptRoutes({
      store: happened,
      path: '/v1/annotations',
      one: 'annotation',
      lists: 'what happened that explains numbers, of the whole country and of what whoever asks sees in full',
      schema: annotationSchema,
      right: 'view',
    }),
  ];
  return {
    routes,
    happened: { list: (actor) => happened.list(actor) },
    notebooks: {
      get: (actor, id) => notebooks.get(actor, id),
      frozen: (scope, id) => frozenAnswer(table, scope, id),
    },
  };
}
