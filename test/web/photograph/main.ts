/**
 * `npm run photograph [-- --states live,past-day --sizes 1920x1080 --languages vi --themes dark --folder DIR]`: one real room in each
 * of its states, on each screen, in each language and theme; looks for what is wrong and lays all pictures on a contact sheet. Ends
 * with 1 where something is wrong.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LANGUAGES } from '@room/contract';
import { openBrowser } from '../../harness/browser.ts';
import { ROOT } from '../../harness/program.ts';
import { type Picture, photograph } from './picture.ts';
import { inLines, nameOf, sheetOf } from './sheet.ts';
import { SIZES, sizeName } from './sizes.ts';
import { NIGHT, NIGHT_HOUR, nightOf, type State, statesOf } from './states.ts';
import { type Look, openStudio, type Studio, type Theme } from './studio.ts';

const THEMES: readonly Theme[] = ['dark', 'light'];

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { states: text, sizes: text, languages: text, themes: text, folder: text } });
const folder = values.folder ?? join(ROOT, 'test', 'dist', 'photographs');

/** Those asked for, or all. */
function asked<T>(given: string | undefined, all: readonly T[], name: (one: T) => string): T[] {
  const names = given?.split(',');
  const unknown = names?.filter((one) => !all.some((each) => name(each) === one)) ?? [];
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${all.map(name).join(', ')}`);
  return all.filter((one) => names?.includes(name(one)) ?? true);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sizes = asked(values.sizes, SIZES, sizeName);
const languages = asked(values.languages, LANGUAGES, String);
const themes = asked(values.themes, THEMES, String);
const looks = languages.flatMap((language) => themes.map((theme): Look => ({ language, theme })));

await using browser = await openBrowser();
const pictures: Picture[] = [];

async function take(studio: Studio, state: State): Promise<void> {
  const began = performance.now();
  const own: Picture[] = [];
  for await (const picture of photograph(browser, studio.room.url, state, looks, sizes, true)) {
    if (picture.png !== undefined) await writeFile(join(folder, `${nameOf(picture)}.png`), picture.png);
    own.push({ ...picture, png: undefined });
  }
  pictures.push(...own);
  const faulty = own.filter(({ faults }) => faults.length > 0).length;
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  say(`${state.name}: ${own.length} pictures in ${seconds} s, ${faulty} with faults`);
  for (const line of inLines(own)) say(`  ${line}`);
  await writeFile(join(folder, 'index.html'), sheetOf(pictures, new Date()));
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
let wanted: Set<string>;
{
  await using studio = await openStudio();
  const states = statesOf(studio);
  wanted = new Set(asked(values.states, [...states.map(({ name }) => name), NIGHT], String));
  const last = states.findLastIndex(({ name }) => wanted.has(name));
  for (const state of states.slice(0, last + 1))
    if (wanted.has(state.name)) await take(studio, state);
    else await state.bring?.();
}
if (wanted.has(NIGHT)) {
  await using studio = await openStudio({ hour: NIGHT_HOUR });
  await take(studio, nightOf(studio));
}
say(`contact sheet: ${join(folder, 'index.html')}`);
if (pictures.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
