/** What every chart of this page shares: sizes in wall units, colours, type, motion. */
import type { Palette } from '../palette.ts';

export interface Look {
  /** Pixels of one wall unit. */
  u: number;
  palette: Palette;
  /** Pattern of "not known", painted once a theme. */
  hatch: HTMLCanvasElement | undefined;
  animate: boolean;
  /** Numbers are current; otherwise lines turn grey and their end hollow. */
  fresh: boolean;
}

export const FONT = "'Inter Variable', sans-serif";

export const motion = ({ animate }: Look) => ({
  animation: animate,
  animationDuration: 0,
  animationDurationUpdate: 400,
  animationEasingUpdate: 'cubicOut' as const,
});

/** A round top of the value axis just above `most`, that halves into a round number; 0 where there is nothing to draw. */
export function niceTop(most: number): number {
  if (most <= 0) return 0;
  if (most <= 4) return 4;
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return magnitude * ([1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((step) => step * magnitude >= most) ?? 10);
}

/** The end of a curve: a point ringed in the ground, or a hollow one where it is not the newest. */
export const endStyle = ({ u, palette, fresh }: Look, line: string) => ({
  opacity: 1,
  color: fresh ? line : palette.bg,
  borderColor: fresh ? palette.bg : line,
  borderWidth: 4 * u,
});

/** What is not known, hatched. */
export const unknownFill = ({ hatch, palette }: Look) =>
  hatch === undefined ? palette.hatchGround : { image: hatch, repeat: 'repeat' as const };
