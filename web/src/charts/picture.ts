/** A chart as a picture that stands by itself: what it shows above it, of when and from where below. */
import { FONT } from './look.ts';
import { wrapped } from './wrapped.ts';

/** A line above the chart; with the colour of the curve that it is of, where it is of one. */
export interface PictureLine {
  text: string;
  key?: { colour: string; width: number };
}

export interface PictureWords {
  title: string;
  /** Under the title. */
  lines: readonly PictureLine[];
  /** Under the chart. */
  notes: readonly string[];
}

export interface PictureColours {
  ground: string;
  text: string;
  quiet: string;
}

/** In type sizes: how long a key is, and the space after it. */
const KEY = 1.6;
const AFTER_KEY = 0.5;
const NOTE = 0.9;

/** What is written where: `x`, `y` and sizes in pixels, of a chart that is so wide and has so large a type. */
export function placedWords(words: PictureWords, width: number, type: number) {
  const margin = 1.2 * type;
  const row = 1.5 * type;
  const title = wrapped(words.title, width, 1.3 * type).map((text, n) => ({
    text,
    x: margin,
    y: margin + 1.8 * n * type,
  }));
  let y = margin + 1.8 * type * title.length;
  const keys: { x: number; y: number; length: number; colour: string; width: number }[] = [];
  const lines = words.lines.flatMap(({ text, key }) => {
    const shift = key === undefined ? 0 : (KEY + AFTER_KEY) * type;
    if (key !== undefined) keys.push({ x: margin, y: y + 0.5 * type, length: KEY * type, ...key });
    return wrapped(text, width - shift, type).map((part) => {
      const line = { text: part, x: margin + shift, y };
      y += row;
      return line;
    });
  });
  const head = y;
  const notes = words.notes
    .flatMap((note) => wrapped(note, width, NOTE * type))
    .map((text, n) => ({ text, x: margin, y: n * row }));
  return { margin, head, foot: notes.length * row + margin, title, lines, keys, notes, noteSize: NOTE * type };
}

/** Of the canvas' own pixels; `type` is the size of its text in those of the page. */
export async function pictureOf(
  chart: HTMLCanvasElement,
  words: PictureWords,
  { ground, text, quiet }: PictureColours,
  type: number,
): Promise<Blob> {
  const scale = chart.width / Math.max(1, chart.clientWidth);
  const size = type * scale;
  const { margin, head, foot, title, lines, keys, notes, noteSize } = placedWords(words, chart.width, size);
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + 2 * margin;
  canvas.height = head + chart.height + foot;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('this browser draws no pictures');
  pen.fillStyle = ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  const write = (
    all: readonly { text: string; x: number; y: number }[],
    from: number,
    colour: string,
    font: string,
  ) => {
    pen.fillStyle = colour;
    pen.font = font;
    for (const one of all) pen.fillText(one.text, one.x, from + one.y, chart.width);
  };
  write(title, 0, text, `600 ${1.3 * size}px ${FONT}`);
  write(lines, 0, quiet, `${size}px ${FONT}`);
  for (const { x, y, length, colour, width } of keys) {
    pen.fillStyle = colour;
    pen.fillRect(x, y - (width * scale) / 2, length, width * scale);
  }
  pen.drawImage(chart, margin, head);
  write(notes, head + chart.height, quiet, `${noteSize}px ${FONT}`);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture is empty')) : resolve(blob)), 'image/png'),
  );
}
