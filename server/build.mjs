// `npm run build`: installs the packages, builds the wall and bundles the programs, each only when something changed: from then on
// a real room and its commands write nothing here.
import { bundled } from '../pipelines/bundle.mjs';
import { buildWeb, checkNode, endAll, install, onEnd, report, say } from './bootstrap.mjs';

const PROGRAMS = [
  'server/src/main.ts',
  'server/src/audit.ts',
  'server/src/keys.ts',
  'server/src/backup.ts',
  'server/src/restore.ts',
  'server/src/quarantine.ts',
  'server/src/set-up.ts',
  'pipelines/src/start.ts',
  'pipelines/src/import/main.ts',
];

onEnd(async () => {
  await endAll();
  process.exit(130);
});

try {
  checkNode();
  await install();
  await buildWeb();
  for (const main of PROGRAMS) await bundled(main);
  say('built');
} catch (error) {
  await endAll();
  report(error);
  process.exit(1);
}
