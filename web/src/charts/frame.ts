/** A drawing that stands by itself: what it shows above it, of when and from where below. Pure, but for the picture of it. */
import { FONT } from './look.ts';
import { type PictureColours, type PictureWords, placedWords } from './picture.ts';

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `inner` is SVG of this size, and `type` the size of its text, in pixels. */
export function framed(
  inner: string,
  { width, height, type }: { width: number; height: number; type: number },
  words: PictureWords,
  { ground, text, quiet }: PictureColours,
): { svg: string; width: number; height: number } {
  const { margin, head, foot, title, lines, keys, notes, noteSize } = placedWords(words, width, type);
  const [wide, high] = [width + 2 * margin, head + height + foot];
  const write =
    (from: number, size: number, colour: string, weight = 400) =>
    (one: { text: string; x: number; y: number }): string =>
      `<text x="${one.x}" y="${from + one.y + size}" font-family="${escaped(FONT)}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(one.text)}</text>`;
  const parts = [
    `<rect width="${wide}" height="${high}" fill="${ground}"/>`,
    ...title.map(write(0, 1.3 * type, text, 600)),
    ...lines.map(write(0, type, quiet)),
    ...keys.map(
      ({ x, y, length, colour, width: thick }) =>
        `<rect x="${x}" y="${y - thick / 2}" width="${length}" height="${thick}" fill="${escaped(colour)}"/>`,
    ),
    `<g transform="translate(${margin} ${head})">${inner}</g>`,
    ...notes.map(write(head + height, noteSize, quiet)),
  ];
  return {
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}">${parts.join('\n')}</svg>`,
    width: wide,
    height: high,
  };
}

/** Pixels of a picture for each of a drawing. */
const SHARP = 2;

export async function pictureOfDrawing({ svg, width, height }: ReturnType<typeof framed>): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * SHARP);
  canvas.height = Math.ceil(height * SHARP);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture is empty')) : resolve(blob)), 'image/png'),
  );
}
