/** Start of the computing thread: on Node 20 the loader of TypeScript is not handed down to threads. */
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
