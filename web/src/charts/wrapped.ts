/** A text in lines of so many pixels, at its spaces; an address has none and is parted where the line ends. Pure. */

/** Of the type's size, what a letter takes at the most on average. */
const LETTER = 0.56;

export function wrapped(text: string, width: number, type: number): string[] {
  const most = Math.max(12, Math.floor(width / (type * LETTER)));
  const lines: string[] = [];
  let line = '';
  const end = (): void => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > most) end();
    while (rest.length > most) {
      lines.push(rest.slice(0, most));
      rest = rest.slice(most);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  end();
  return lines;
}
