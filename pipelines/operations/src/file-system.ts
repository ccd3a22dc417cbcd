/** On what file system a folder lies. One kind makes new files dear, and the embedded engine writes hundreds a second. */
import { readdir, readlink, stat, statfs } from 'node:fs/promises';
import { basename } from 'node:path';

/** Magic numbers of statfs(2). ext2, ext3 and ext4 share one. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
]);

export interface FileSystem {
  name: string;
  /**
   * True where the kernel says so. ext4 without a journal does not take an inode again for minutes after it was freed, and
   * looks through all of those for each new file.
   */
  lacksJournal: boolean;
}

/** `kernel` is where the kernel's own trees (`proc`, `sys`) are found. */
export async function fileSystemOf(folder: string, kernel = '/'): Promise<FileSystem> {
  const { type } = await statfs(folder);
  const name = NAMES.get(type) ?? `type 0x${type.toString(16)}`;
  return { name, lacksJournal: name === 'ext4' && !(await mayHaveJournal((await stat(folder)).dev, kernel)) };
}

/** What cannot be read leaves the question open. */
async function mayHaveJournal(device: number, kernel: string): Promise<boolean> {
  const [major, minor] = [(device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00)];
  try {
    const block = basename(await readlink(`${kernel}/sys/dev/block/${major}:${minor}`));
    const journals = await readdir(`${kernel}/proc/fs/jbd2`);
    return journals.some((journal) => journal === block || journal.startsWith(`${block}-`));
  } catch {
    return true;
  }
}
