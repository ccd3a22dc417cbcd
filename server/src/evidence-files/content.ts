/** What a file is, by its content: of what its sender says only whether a text is a table. */
import { isUtf8 } from 'node:buffer';
import { type FileType, plainText } from '@room/contract';
import { HttpError } from '../errors.ts';
import { officeKind } from './office.ts';
import { isWhole } from './whole.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const SIGNATURES: readonly [FileType, (bytes: Buffer) => boolean][] = [
  ['application/pdf', (bytes) => begins(bytes, '%PDF-')],
  ['image/png', (bytes) => begins(bytes, '\x89PNG\r\n\x1a\n')],
  ['image/jpeg', (bytes) => begins(bytes, '\xff\xd8\xff')],
  ['image/webp', (bytes) => begins(bytes, 'RIFF') && bytes.toString('latin1', 8, 12) === 'WEBP'],
];
const begins = (bytes: Buffer, signature: string): boolean =>
  bytes.toString('latin1', 0, signature.length) === signature;

const TAKEN = 'PDF, PNG, JPEG, WEBP, DOCX, XLSX, CSV or plain text (UTF-8)';
const refused = (code: string, reason: string): HttpError => new HttpError(415, code, reason);

/** Rejects with 415 where it is none that is taken, and says what to do. */
export async function typeOf(bytes: Buffer, name: string): Promise<FileType> {
  const [known] = SIGNATURES.find(([, is]) => is(bytes)) ?? [];
  if (known !== undefined) {
    if (isWhole(known, bytes)) return known;
    throw refused(
      'file_broken',
      'this file begins as a document or picture and holds none: open it, save it anew, and send that',
    );
  }
  if (begins(bytes, 'PK')) return officeType(bytes);
  if (begins(bytes, '\xd0\xcf\x11\xe0'))
    throw refused(
      'file_old_office',
      'this is a document of an older Office, or one with a password: save it as DOCX, XLSX or PDF without one',
    );
  if (isPlainText(bytes) && !isSeen(bytes))
    throw refused('file_empty', 'nothing of this text can be seen: send what shows it');
  if (isPlainText(bytes)) return /\.csv\s*$/i.test(name) ? 'text/csv' : 'text/plain';
  throw refused('file_type', `by its content, whatever its name says, this is no ${TAKEN}; save it as one of them`);
}

async function officeType(bytes: Buffer): Promise<FileType> {
  const kind = await officeKind(bytes);
  if (kind === 'active')
    throw refused(
      'file_macros',
      'this document holds macros, controls or embedded objects: save it without them, or as PDF',
    );
  if (kind === 'outside')
    throw refused(
      'file_outside',
      'opened, this document takes something from another place (a template, picture, table or field that is linked): break its links or put in what they show, or save it as PDF',
    );
  if (kind === 'other')
    throw refused('file_type', `an archive is not taken, only documents: ${TAKEN}; send what is in it`);
  return kind === 'document' ? DOCX : XLSX;
}

/** Tabs and ends of lines are the only control characters of a text. */
function isPlainText(bytes: Buffer): boolean {
  for (const byte of bytes)
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f) return false;
  return isUtf8(bytes);
}

const isSeen = (bytes: Buffer): boolean => plainText(bytes.byteLength + 1).safeParse(bytes.toString('utf8')).success;
