import { FONT } from './look.ts';

let pen: CanvasRenderingContext2D | null | undefined;
/** Of each character, in ems. */
const widths = new Map<string, number>();
/** Pixels, large enough that rounding says nothing. */
const EM = 100;

/**
 * Pixels that a line of bold text takes; canvases know no tabular figures, which are a little wider. Character by character: a browser
 * keeps each text that a canvas measured for as long as the page is there, and the numbers of a wall never end.
 */
export function widthOf(text: string, size: number): number {
  if (pen === undefined) {
    pen = document.createElement('canvas').getContext('2d');
    // What was measured before its font was there was of another one.
    document.fonts.addEventListener('loadingdone', () => widths.clear());
  }
  if (pen === null) return text.length * size * 0.6;
  let ems = 0;
  for (const character of text.normalize('NFC')) {
    let width = widths.get(character);
    if (width === undefined) {
      pen.font = `600 ${EM}px ${FONT}`;
      width = pen.measureText(character).width / EM;
      widths.set(character, width);
    }
    ems += width;
  }
  return Math.ceil(ems * size * 1.06);
}
