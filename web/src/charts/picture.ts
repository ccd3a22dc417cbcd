/** A chart as a picture that stands by itself: what it shows above it, of when and from where below. */
import { FONT } from './look.ts';

export interface PictureWords {
  title: string;
  /** Under the title. */
  lines: readonly string[];
  /** Under the chart. */
  notes: readonly string[];
}

export interface PictureColours {
  ground: string;
  text: string;
  quiet: string;
}

/** Of the canvas' own pixels; `type` is the size of its text in those of the page. */
export async function pictureOf(
  chart: HTMLCanvasElement,
  { title, lines, notes }: PictureWords,
  { ground, text, quiet }: PictureColours,
  type: number,
): Promise<Blob> {
  const scale = chart.width / Math.max(1, chart.clientWidth);
  const size = type * scale;
  const margin = 1.2 * size;
  const row = 1.5 * size;
  const head = margin + 1.8 * size + lines.length * row;
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + 2 * margin;
  canvas.height = head + chart.height + notes.length * row + margin;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('this browser draws no pictures');
  pen.fillStyle = ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'top';
  const write = (words: string, y: number, colour: string, font: string): void => {
    pen.fillStyle = colour;
    pen.font = font;
    pen.fillText(words, margin, y, chart.width);
  };
  write(title, margin, text, `600 ${1.3 * size}px ${FONT}`);
  for (const [n, line] of lines.entries()) write(line, margin + 1.8 * size + n * row, quiet, `${size}px ${FONT}`);
  pen.drawImage(chart, margin, head);
  for (const [n, note] of notes.entries()) write(note, head + chart.height + n * row, quiet, `${0.9 * size}px ${FONT}`);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture is empty')) : resolve(blob)), 'image/png'),
  );
}
