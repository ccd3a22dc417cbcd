/** How much an embedded warehouse may still write. */
import type { Access } from './access.ts';

/** Bytes free beyond what is kept free and what merges under way have reserved. */
export async function spareBytes(access: Pick<Access, 'read'>): Promise<number> {
  const [row] = await access.read<{ spare: number }>(
    `SELECT unreserved_space AS spare FROM system.disks WHERE name = 'default'`,
  );
  return row?.spare ?? 0;
}
