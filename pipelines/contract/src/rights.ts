/**
 * What people and screens may do; a right that nobody was given is refused, and none brings another with it. `view`: walls and
 * pages; `analyse`: questions and exports; `answer`: acknowledge and answer for a unit; `direct`: orders of the Government Office, which
 * want the whole scope; `operate`: quarantine, backups, metrics; `administer`: people, keys, screens.
 */
export const RIGHTS = ['view', 'analyse', 'answer', 'direct', 'operate', 'administer'] as const;
export type Right = (typeof RIGHTS)[number];
/** Those that a reading token may have. */
export const READING_RIGHTS = ['view', 'analyse'] as const satisfies readonly Right[];
export type ReadingRight = (typeof READING_RIGHTS)[number];
/** Rows of an office's files that a token may bring besides, and the right that its owner needs for that. */
export const IMPORTS = ['reports', 'tasks'] as const;
export type ImportKind = (typeof IMPORTS)[number];
export const IMPORT_RIGHTS = { reports: 'answer', tasks: 'direct' } as const satisfies Record<ImportKind, Right>;
