/** Start of the computing thread where the sources themselves run, as in tests. The bundle of a program starts the bundle. */
import { bundled } from '../../bundle.mjs';

await import(await bundled('pipelines/src/forecasting/thread.ts'));
