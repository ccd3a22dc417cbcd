/** Texts of strangers in messages keep to their own direction: loaded with the pages, which have some. */
import { isolated } from '@room/contract';
import { prepareValues } from './index.ts';

prepareValues((values) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]),
  ),
);
