// `node server/run.mjs MAIN.ts …`: runs a program of this repository from its bundle, made anew when the sources changed.
import { pathToFileURL } from 'node:url';
import { bundled } from '../pipelines/bundle.mjs';
import { report, Trouble } from './bootstrap.mjs';

async function bundleOf(main) {
  try {
    return await bundled(main);
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Trouble('the packages are not installed', 'Run npm start once: it installs them.');
    if (error.code === 'EACCES' || error.code === 'EROFS')
      throw new Trouble(
        `the bundle of ${main} cannot be written (${error.message})`,
        'Run it once as a user who may write there: from then on reading is enough.',
      );
    throw error;
  }
}

const [main = '', ...words] = process.argv.slice(2);
try {
  const file = await bundleOf(main);
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], file, ...words];
  await import(pathToFileURL(file).href);
} catch (error) {
  report(error);
  process.exitCode = 1;
}
