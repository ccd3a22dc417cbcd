/** Brings a file that shows what is told, and takes one along. Throws `RequestFailed`, or what the signal was aborted with. */
import { type EvidenceFile, MOST_FILE_BYTES } from '@room/contract';
import { evidenceFiles } from '../i18n/evidence-files.ts';
import { addMessages, type MessageKey } from '../i18n/index.ts';
import { answerOf, csrfHeaders, RequestFailed, refusedAs, telling } from './client.ts';

addMessages(evidenceFiles);

/** Refusals in the words of pages. */
export const FILE_REFUSALS: Readonly<Record<string, MessageKey>> = {
  file_empty: 'fileEmpty',
  file_too_large: 'fileLarge',
  file_type: 'fileType',
  file_old_office: 'fileOld',
  file_macros: 'fileMacros',
  file_outside: 'fileOutside',
  file_broken: 'fileBroken',
  too_many_files: 'fileTooMany',
  too_many_at_once: 'fileTwo',
  room_full: 'fileFull',
  too_slow: 'fileSlow',
  aborted: 'fileCut',
  unreachable: 'fileCut',
  file_gone: 'fileGone',
  file_removed: 'fileIsRemoved',
  not_yours: 'fileNotYours',
  no_such_file: 'fileNot',
  too_many_exports: 'fileTaken',
};

export const fileAddress = (id: string): string => `/v1/evidence-files/${encodeURIComponent(id)}`;

/** Takes away for good what is in it. */
export const removeContent = (id: string, why: string) => answerOf(`${fileAddress(id)}/remove`, telling({ why }));

/** `progress`: the share that has left, 0..1. */
export function bringFile(
  file: File,
  { signal, progress }: { signal: AbortSignal; progress: (share: number) => void },
): Promise<EvidenceFile> {
  return new Promise((resolve, reject) => {
    // What would be refused need not be sent.
    if (file.size === 0) return reject(new RequestFailed('file_empty', 'the file is empty', 400));
    if (file.size > MOST_FILE_BYTES) return reject(new RequestFailed('file_too_large', 'the file is too large', 413));
    // Of the two ways to ask this one tells how much has left.
    const request = new XMLHttpRequest();
    request.open('POST', `/v1/evidence-files?name=${encodeURIComponent(file.name.slice(-200))}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => progress(Math.min(1, loaded / file.size));
    request.onload = () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText) as EvidenceFile);
      else
        reject(
          refusedAs(
            request.responseText,
            request.status,
            request.statusText,
            request.getResponseHeader('x-request-id') ?? undefined,
          ),
        );
    };
    request.onerror = () => reject(new RequestFailed('unreachable', 'the line was cut'));
    const stop = (): void => {
      request.abort();
      reject(signal.reason);
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    request.send(file);
  });
}
