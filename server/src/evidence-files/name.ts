/** What a file is called, as it is kept and given back. Pure. */
import { FILE_TYPES, type FileType, LONGEST_FILE_NAME } from '@room/contract';

/** Of names on the systems of those who take it: what no name may hold, and those that mean a device. */
const FORBIDDEN = /[<>:"|?*]/g;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
const NAMELESS = 'file';
/** No script piles up more marks on a letter. */
const PILED = /(\p{M}{4})\p{M}+/gu;

/**
 * The name alone: no folder, nothing that turns or hides a part of it, no longer than others bear. It ends as its content is: what
 * else it was called is part of the name.
 */
export function fileName(given: string, type: FileType): string {
  const plain = (given.split(/[/\\]/).at(-1) ?? '')
    .normalize('NFC')
    // Control characters, marks of direction, what is not seen, halves of characters.
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(FORBIDDEN, '_')
    .replace(PILED, '$1')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '');
  const ends: readonly string[] = FILE_TYPES[type];
  const [, stem = plain, end = ''] = /^(.*)\.([^.]{1,10})$/u.exec(plain) ?? [];
  const isIts = ends.includes(end.toLowerCase());
  const kept = isIts ? end : (ends[0] ?? '');
  const room = LONGEST_FILE_NAME - kept.length - 1;
  const name = [...(isIts ? stem : plain)].slice(0, room).join('').trimEnd();
  return `${name === '' ? NAMELESS : DEVICE.test(name) ? `_${name}` : name}.${kept}`;
}
