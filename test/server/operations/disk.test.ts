import { expect, test } from 'vitest';
import { diskWarning } from '../../../server/src/operations/disk.ts';

test.each([
  { kind: 'embedded', lacksJournal: true, warns: true },
  { kind: 'embedded', lacksJournal: false, warns: false },
  { kind: 'server', lacksJournal: true, warns: false },
] as const)('warehouse $kind, journal missing $lacksJournal: warns $warns', ({ kind, lacksJournal, warns }) => {
  const said = diskWarning({ warehouse: { kind } }, { lacksJournal });
  if (warns) expect(said).toMatch(/DATA_DIR.*move it/);
  else expect(said).toBeUndefined();
});
