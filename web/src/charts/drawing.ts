/** A chart as a drawing (SVG) that stands by itself and can be enlarged; loaded when one is taken. */
import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { FONT } from './look.ts';
import type { PictureColours, PictureWords } from './picture.ts';

use([SVGRenderer]);

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `width` and `height` of the chart, and `type`, the size of its text, in pixels. */
export function drawingOf(
  option: EChartsOption,
  { width, height, type }: { width: number; height: number; type: number },
  { title, lines, notes }: PictureWords,
  { ground, text, quiet }: PictureColours,
): Blob {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  const drawn = chart.renderToSVGString();
  chart.dispose();
  const margin = 1.2 * type;
  const row = 1.5 * type;
  const head = margin + 1.8 * type + lines.length * row;
  const [wide, high] = [width + 2 * margin, head + height + notes.length * row + margin];
  const write = (words: string, y: number, size: number, colour: string, weight = 400): string =>
    `<text x="${margin}" y="${y + size}" font-family="${escaped(FONT)}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(words)}</text>`;
  const parts = [
    `<rect width="${wide}" height="${high}" fill="${ground}"/>`,
    write(title, margin, 1.3 * type, text, 600),
    ...lines.map((line, n) => write(line, margin + 1.8 * type + n * row, type, quiet)),
    `<g transform="translate(${margin} ${head})">${drawn}</g>`,
    ...notes.map((note, n) => write(note, head + height + n * row, 0.9 * type, quiet)),
  ];
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}">${parts.join('\n')}</svg>`;
  return new Blob([whole], { type: 'image/svg+xml' });
}
