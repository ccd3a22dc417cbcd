/** What a room says of its disk when it starts. Pure. */
import type { FileSystem } from '@room/operations';
import type { Config } from '../config.ts';

const NO_JOURNAL =
  'DATA_DIR lies on ext4 without a journal: each insert then takes up to three times as long; move it to a file system with one';

/** Only the warehouse writes the many small files that suffer: an embedded log alone is a few large ones. */
export const diskWarning = (
  { warehouse }: { warehouse: Pick<Config['warehouse'], 'kind'> },
  { lacksJournal }: Pick<FileSystem, 'lacksJournal'>,
): string | undefined => (warehouse.kind === 'embedded' && lacksJournal ? NO_JOURNAL : undefined);
