/** The screens that the room is looked at on, and how large a text is to the eye of who stands before them. Pure. */

export interface Size {
  width: number;
  height: number;
  /** A wall hangs four metres away and has no mouse; a desk and a phone are in reach. */
  kind: 'wall' | 'desk' | 'phone';
}

export const SIZES: readonly Size[] = [
  { width: 1920, height: 1080, kind: 'wall' },
  { width: 3840, height: 2160, kind: 'wall' },
  { width: 2560, height: 1080, kind: 'wall' },
  { width: 1080, height: 1920, kind: 'wall' },
  { width: 1440, height: 900, kind: 'desk' },
  { width: 1280, height: 720, kind: 'wall' },
  { width: 390, height: 844, kind: 'phone' },
];

export const sizeName = ({ width, height }: Pick<Size, 'width' | 'height'>): string => `${width}x${height}`;

/** Millimetres: a screen of 55 inches, 16 to 9, and how far away it is read. One that is wider is as high. */
const LONG_SIDE = 1_218;
const SHAPE = 16 / 9;
const DISTANCE = 4_000;
/** Height of a digit of Inter in parts of its size. */
const DIGIT = 0.727;

/** Arc minutes that a digit of type of `pixels` has on a wall of 55 inches at four metres. */
export function arcMinutes(pixels: number, { width, height }: Pick<Size, 'width' | 'height'>): number {
  const long = Math.min(Math.max(width, height), SHAPE * Math.min(width, height));
  const millimetres = (pixels * DIGIT * LONG_SIDE) / long;
  return (Math.atan(millimetres / DISTANCE) * 180 * 60) / Math.PI;
}
