/** All pictures on one page, those of a state beside each other, each with what is wrong in it. Pure. */
import type { Picture } from './picture.ts';
import { sizeName } from './sizes.ts';

export const nameOf = ({ state, size, language, theme }: Omit<Picture, 'png' | 'faults'>): string =>
  `${state}-${sizeName(size)}-${language}-${theme}`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function figure(picture: Picture): string {
  const { size, language, theme, faults } = picture;
  const file = `${nameOf(picture)}.png`;
  const list = faults.map(({ kind, says }) => `<li><b>${kind}</b> ${escaped(says)}</li>`).join('');
  return `<figure class="${faults.length > 0 ? 'faulty' : ''}">
<a href="${file}"><img loading="lazy" src="${file}" alt="${nameOf(picture)}"></a>
<figcaption>${sizeName(size)} ${language} ${theme}${faults.length > 0 ? `<details><summary>${faults.length} faults</summary><ul>${list}</ul></details>` : ''}</figcaption>
</figure>`;
}

export function sheetOf(pictures: readonly Picture[], taken: Date): string {
  const states = [...new Set(pictures.map(({ state }) => state))];
  const faulty = pictures.filter(({ faults }) => faults.length > 0);
  const sections = states.map((state) => {
    const own = pictures.filter((picture) => picture.state === state);
    return `<section id="${state}"><h2>${state}</h2><div>${own.map(figure).join('\n')}</div></section>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>The room in pictures</title>
<style>
body { margin: 16px; font: 14px/1.4 system-ui, sans-serif; background: #888; color: #000 }
section > div { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
figure { margin: 0; padding: 4px; background: #fff }
figure.faulty { background: #fb8 }
img { display: block; height: 300px; max-width: 560px; object-fit: contain; object-position: top }
figcaption { max-width: 560px; overflow-wrap: anywhere }
ul { margin: 0; padding-left: 16px }
</style>
<h1>The room in pictures</h1>
<p>${taken.toISOString()}: ${pictures.length} pictures, ${faulty.length} with faults</p>
<nav>${states.map((state) => `<a href="#${state}">${state}</a>`).join(' · ')}</nav>
${sections.join('\n')}
</html>
`;
}

/** Each kind of fault of a state once, with the pictures that have it. */
export function inLines(pictures: readonly Picture[]): string[] {
  const found = new Map<string, string[]>();
  for (const picture of pictures)
    for (const { kind, says } of picture.faults) {
      // Figures differ from size to size.
      const line = `${picture.state}: ${kind}: ${says}`;
      found.set(line, [...(found.get(line) ?? []), `${sizeName(picture.size)} ${picture.language} ${picture.theme}`]);
    }
  return [...found].map(
    ([line, where]) =>
      `${line} — ${where.slice(0, 4).join(', ')}${where.length > 4 ? ` and ${where.length - 4} more` : ''}`,
  );
}
