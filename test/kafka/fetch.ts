/** `npm test` runs this beforehand, so that no test waits for a download. */
import { Unavailable } from '../harness/need.ts';
import { kafkaJars } from './jars.ts';

try {
  await kafkaJars();
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
