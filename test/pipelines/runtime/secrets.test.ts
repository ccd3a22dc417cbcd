import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS, withSecrets } from '@room/runtime';
import { expect, it } from 'vitest';
import { readConfig } from '../../../server/src/config.ts';
import { tempDir } from '../../harness/temp.ts';

it('a secret may stand in a file, with or without a line break behind it', async () => {
  await using folder = await tempDir('secrets');
  for (const [n, text] of ['s3cret ', 's3cret \n', 's3cret \r\n'].entries()) {
    const file = join(folder.path, String(n));
    await writeFile(file, text);
    for (const name of SECRETS)
      expect(withSecrets({ [`${name}_FILE`]: file, PORT: '1' })).toMatchObject({ [name]: 's3cret ' });
    expect(readConfig({ OPERATOR_TOKEN_FILE: file }).operatorToken).toBe('s3cret ');
    const clickhouse = { CLICKHOUSE_URL: 'http://clickhouse:8123', CLICKHOUSE_PASSWORD_FILE: file };
    expect(readConfig(clickhouse).warehouse).toMatchObject({ password: 's3cret ' });
  }
  expect(withSecrets({ OPERATOR_TOKEN: 'given', OPERATOR_TOKEN_FILE: '' })).toMatchObject({ OPERATOR_TOKEN: 'given' });
});

it('a file that is missing, empty or beside the secret itself is an error that names the setting', async () => {
  await using folder = await tempDir('secrets');
  const file = join(folder.path, 'empty');
  await writeFile(file, '\n');
  for (const name of SECRETS) {
    expect(() => withSecrets({ [`${name}_FILE`]: '/nowhere' })).toThrow(`${name}_FILE cannot be read`);
    expect(() => withSecrets({ [`${name}_FILE`]: file })).toThrow(`${name}_FILE is ${file}, which is empty`);
    expect(() => withSecrets({ [`${name}_FILE`]: file, [name]: 'x' })).toThrow(`${name} and ${name}_FILE are both set`);
  }
});
