// `npm run build`: installs the packages and builds the wall, each only when something changed.
import { buildWeb, checkNode, endAll, install, onEnd, report, say } from './bootstrap.mjs';

onEnd(async () => {
  await endAll();
  process.exit(130);
});

try {
  checkNode();
  await install();
  await buildWeb();
  say('built');
} catch (error) {
  await endAll();
  report(error);
  process.exit(1);
}
