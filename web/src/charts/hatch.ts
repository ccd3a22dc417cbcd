import type { Palette } from '../palette.ts';

/** The pattern of "not known" as a tile that repeats, for canvases; the page's own hatch is a CSS gradient. */
export function paintHatch({ hatch, hatchGround }: Palette, u: number): HTMLCanvasElement | undefined {
  const side = Math.max(6, Math.round(10 * u));
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d');
  if (pen === null) return undefined;
  pen.fillStyle = hatchGround;
  pen.fillRect(0, 0, side, side);
  pen.strokeStyle = hatch;
  pen.lineWidth = side / 4;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return tile;
}
