// `npm run serve` and `npm run pipelines`: the processes of a real room, as a service manager starts them. Nothing is
// installed, built or simulated; what they print is their log.
import { existsSync } from 'node:fs';
import {
  checkBuilt,
  checkNode,
  checkPlace,
  dataDir,
  end,
  onEnd,
  report,
  roomEnv,
  simulatorKeys,
  start,
  Trouble,
  typescript,
} from './bootstrap.mjs';

const GRACE_MS = 15_000;
const PROGRAMS = {
  room: { main: 'server/src/main.ts', port: ['PORT', '3000'], needsWall: true },
  pipelines: { main: 'pipelines/src/start.ts', port: ['HEALTH_PORT', '3001'], needsWall: false },
};

async function main() {
  checkNode();
  const name = process.argv[2];
  const program = PROGRAMS[name];
  if (program === undefined)
    throw new Trouble(`there is no program ${name}`, `Name one of ${Object.keys(PROGRAMS).join(', ')}.`);
  checkBuilt(program);
  if (existsSync(simulatorKeys)) {
    throw new Trouble(
      `${dataDir} holds the made-up numbers of a trial`,
      'Set DATA_DIR to another folder, where the real room begins empty; npm start goes on with the trial.',
    );
  }
  if (process.env.SIMULATE === 'on')
    process.stderr.write('warning: SIMULATE=on means nothing here: npm run serve never simulates, npm start does\n');
  await checkPlace(...program.port);
  const child = start(process.execPath, [...typescript(), program.main], {
    env: roomEnv,
    ipc: true,
    output: 'inherit',
  });
  onEnd(() => void end(child, GRACE_MS));
  const { code } = await child.ended;
  process.exit(code ?? 1);
}

main().catch((error) => {
  report(error);
  process.exit(1);
});
