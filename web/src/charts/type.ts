import { FONT } from './look.ts';

let pen: CanvasRenderingContext2D | null | undefined;

/** Pixels that a line of bold text takes; canvases know no tabular figures, which are a little wider. */
export function widthOf(text: string, size: number): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (pen === null) return text.length * size * 0.6;
  pen.font = `600 ${size}px ${FONT}`;
  return Math.ceil(pen.measureText(text).width * 1.06);
}
