/** A process of a test that writes until it is killed: a document, the word of it and a message, all of them or none. */
import { type DatabaseSettings, Documents, openDatabase } from '@room/database';

const settings = JSON.parse(process.argv[2] ?? '') as DatabaseSettings;
const name = process.argv[3] ?? '';
const database = await openDatabase({ settings, report: () => undefined });
const schema = { parse: (value: unknown): unknown => value };
const documents = new Documents({ database, kind: 'counter', schema });
await documents.create({ who: name }, name, 0).catch(() => undefined);
process.send?.('started');
for (;;) {
  const { version = 0, body } = (await documents.get(name)) ?? {};
  await database.write({ who: name }, async (edit) => {
    await edit.query
      .updateTable('document')
      .set({ version: version + 1, body: String(Number(body) + 1) })
      .where('id', '=', name)
      .execute();
    await edit.send('fact', { name, version: version + 1 });
    edit.record({ action: 'counter.changed', kind: 'counter', subject: name, version: version + 1 });
  });
  process.send?.(version + 1);
}
