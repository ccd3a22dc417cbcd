/** What is wrong with what is seen of a page. Pure. */
import type { Box, Seen, SeenText } from './seen.ts';
import { arcMinutes, type Size } from './sizes.ts';

export interface Fault {
  kind: 'scrolls' | 'sideways' | 'outside' | 'cut' | 'shortened' | 'overlap' | 'covered' | 'small';
  /** What and where, with figures. */
  says: string;
}

/** Of a wall at four metres: arc minutes of a digit's height. */
const LEAST = 12;
const LEAST_MAIN = 20;
/** In reach: pixels of type. */
const LEAST_PIXELS = 12;
/** Pixels by which boxes may differ that are drawn as one. */
const HAIR = 1.5;

const px = (pixels: number): string => `${Math.round(pixels)} px`;
const what = ({ text, at }: SeenText): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}” (${at})`;

export function faultsOf(seen: Seen, size: Size): Fault[] {
  const { texts, viewport, beyond, layout } = seen;
  const faults: Fault[] = [];
  const say = (kind: Fault['kind'], says: string): void => void faults.push({ kind, says });

  if (beyond.width > 1) say('sideways', `the page is ${px(beyond.width)} wider than the screen`);
  for (const { at, by } of seen.sideways) say('sideways', `${at} hides ${px(by)} to the side`);
  for (const { at, by } of seen.outgrown) if (by > HAIR) say('outside', `${px(by)} of ${at} are out of its tile`);
  const isFixed = layout === 'wall' && size.kind !== 'phone';
  if (isFixed && beyond.height > 1) say('scrolls', `the wall is ${px(beyond.height)} higher than its screen`);

  for (const text of texts) {
    const { ink, left } = text;
    if (text.shortened) say('shortened', what(text));
    else if (left === 'nothing') say('cut', `nothing is seen of ${what(text)}`);
    else if (left !== undefined) say('cut', `${px(lost(ink, left))} are missing of ${what(text)}`);
    const outside = Math.max(-ink.left, ink.right - viewport.width, isFixed ? ink.bottom - viewport.height : 0);
    if (outside > HAIR && left === undefined) say('outside', `${px(outside)} of ${what(text)} are off the screen`);
    else if (text.tile !== undefined && left === undefined) {
      const over = Math.max(text.tile.left - ink.left, ink.right - text.tile.right, ink.bottom - text.tile.bottom);
      if (over > HAIR) say('outside', `${px(over)} of ${what(text)} are out of their tile`);
    }
    if (text.under !== undefined) say('covered', `${what(text)} is under ${text.under}`);
    const small = tooSmall(text, layout, size);
    if (small !== undefined) say('small', `${what(text)}: ${small}`);
  }
  for (const [one, other] of overlaps(texts)) say('overlap', `${what(one)} and ${what(other)}`);
  return faults;
}

const lost = (ink: Box, left: Box): number =>
  Math.max(left.left - ink.left, ink.right - left.right, left.top - ink.top, ink.bottom - left.bottom);

function tooSmall({ size: pixels, main, inReach }: SeenText, layout: Seen['layout'], size: Size): string | undefined {
  if (layout === 'page' || size.kind !== 'wall' || inReach)
    return pixels < LEAST_PIXELS - 0.01 ? `${pixels.toFixed(1)} px` : undefined;
  const minutes = arcMinutes(pixels, size);
  return minutes < (main ? LEAST_MAIN : LEAST) ? `${minutes.toFixed(1)} arc minutes` : undefined;
}

const seenOf = ({ ink, left }: SeenText): Box | undefined => (left === 'nothing' ? undefined : (left ?? ink));

/** Pairs of texts whose ink lies upon each other. */
function* overlaps(texts: readonly SeenText[]): Generator<[SeenText, SeenText]> {
  const seen = texts
    .flatMap((text) => {
      const ink = seenOf(text);
      return ink === undefined ? [] : [{ text, ink }];
    })
    .sort((a, b) => a.ink.top - b.ink.top);
  for (const [index, one] of seen.entries())
    for (let next = index + 1; next < seen.length; next++) {
      const other = seen[next];
      if (other === undefined || other.ink.top > one.ink.bottom - HAIR) break;
      const width = Math.min(one.ink.right, other.ink.right) - Math.max(one.ink.left, other.ink.left);
      const height = Math.min(one.ink.bottom, other.ink.bottom) - Math.max(one.ink.top, other.ink.top);
      if (width > HAIR && height > HAIR) yield [one.text, other.text];
    }
}
