/** Where notebooks are: apart from the addresses that a wall has. */
import { type Address, type Query, toExplore } from './addresses.ts';

/** `notebook`: the one that is opened. */
export const toNotebooks = (query: Query, notebook?: string): Address => ({
  path: '/notebooks',
  query: { ...toExplore(query).query, ...(notebook === undefined ? {} : { notebook }) },
});
