/** A process of a test that opens a database, writes once, and leaves, as a command does. */
import { type DatabaseSettings, Documents, openDatabase } from '@room/database';

const settings = JSON.parse(process.argv[2] ?? '') as DatabaseSettings;
await using database = await openDatabase({ settings, report: () => undefined });
const schema = { parse: (value: unknown): unknown => value };
await new Documents({ database, kind: 'visit', schema }).create({ who: 'visitor' }, process.argv[3] ?? '', {});
