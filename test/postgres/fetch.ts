/** `npm test` runs this beforehand, so that no test waits for a download. */
import { Unavailable } from '../harness/need.ts';
import { postgresTools } from './tools.ts';

try {
  await postgresTools();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
