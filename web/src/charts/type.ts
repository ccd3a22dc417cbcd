import { FONT } from './look.ts';

let pen: CanvasRenderingContext2D | null | undefined;
/** By size and character, pixels: small type of this font is wider than large type made small. */
const sizes = new Map<number, Map<string, number>>();
/** A screen that changes its size has others; a wall has few. */
const MOST_SIZES = 16;

/**
 * Pixels that a line of bold text takes; canvases know no tabular figures, which are a little wider. Character by character: a browser
 * keeps each text that a canvas measured for as long as the page is there, and the numbers of a wall never end.
 */
export function widthOf(text: string, size: number): number {
  if (pen === undefined) {
    pen = document.createElement('canvas').getContext('2d');
    // What was measured before its font was there was of another one.
    document.fonts.addEventListener('loadingdone', () => sizes.clear());
  }
  if (pen === null) return text.length * size * 0.6;
  let widths = sizes.get(size);
  if (widths === undefined) {
    if (sizes.size >= MOST_SIZES) sizes.clear();
    widths = new Map();
    sizes.set(size, widths);
  }
  let sum = 0;
  for (const character of text.normalize('NFC')) {
    let width = widths.get(character);
    if (width === undefined) {
      pen.font = `600 ${size}px ${FONT}`;
      width = pen.measureText(character).width;
      widths.set(character, width);
    }
    sum += width;
  }
  return Math.ceil(sum * 1.06);
}
