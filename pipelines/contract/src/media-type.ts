/** Media types, with parameters and in any case. JSON Schema patterns have no flags, so the pattern spells both cases. */
export const JSON_MEDIA_TYPE = /^\s*[^\s/;]+\/([^\s/;]+\+)?[Jj][Ss][Oo][Nn]\s*(;.*)?$/;

/** The media type without its parameters, in lower case. */
export const essence = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase();
