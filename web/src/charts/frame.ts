/** A drawing that stands by itself: what it shows above it, of when and from where below. Pure, but for the picture of it. */
import { FONT } from './look.ts';
import type { PictureColours, PictureWords } from './picture.ts';

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** `inner` is SVG of this size, and `type` the size of its text, in pixels. */
export function framed(
  inner: string,
  { width, height, type }: { width: number; height: number; type: number },
  { title, lines, notes }: PictureWords,
  { ground, text, quiet }: PictureColours,
): { svg: string; width: number; height: number } {
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
    `<g transform="translate(${margin} ${head})">${inner}</g>`,
    ...notes.map((note, n) => write(note, head + height + n * row, 0.9 * type, quiet)),
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
