import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { check, type Manifest, readHouse } from './harness/house.ts';

describe('this house', () => {
  test('keeps its rules', async () => {
    const { sources, manifests } = await readHouse(fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, ''));
    expect(sources.length).toBeGreaterThan(20);
    expect(check(sources, manifests)).toEqual([]);
  });
});

const rooms = [
  '@room/catalogue',
  '@room/contract',
  '@room/database',
  '@room/log',
  '@room/pipelines',
  '@room/warehouse',
];
const packages = [
  ...rooms,
  'zod',
  'kafkajs',
  'prom-client',
  'chdb',
  'vue',
  'echarts',
  'socket.io-client',
  'express',
  'luxon',
  'kysely',
  'pg',
];
const manifests: Manifest[] = [
  { folder: '', name: 'house', dependencies: ['typescript'] },
  ...[
    'pipelines',
    'pipelines/contract',
    'pipelines/database',
    'pipelines/log',
    'pipelines/warehouse',
    'server',
    'web',
    'test',
  ].map((folder) => ({ folder: `${folder}/`, name: `@room/${folder.split('/').at(-1)}`, dependencies: packages })),
];

/** Small made-up houses: what the check says of one file, or of several. */
function saidOf(files: Record<string, string>): string {
  const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
  return check(sources, manifests).join('\n');
}

describe('the check finds', () => {
  test.each([
    ['contract importing more than zod', 'pipelines/contract/src/a.ts', `import 'luxon'`, 'may not import luxon'],
    ['contract using Node', 'pipelines/contract/src/a.ts', `import { x } from 'node:fs'`, 'may not import node:fs'],
    ['contract using Node by its old name', 'pipelines/contract/src/a.ts', `import 'fs'`, 'may not import fs'],
    ['log knowing the warehouse', 'pipelines/log/src/a.ts', `import '@room/warehouse'`, 'may not import'],
    ['warehouse knowing Kafka', 'pipelines/warehouse/src/a.ts', `import { Kafka } from 'kafkajs'`, 'may not import'],
    ['the database knowing the log', 'pipelines/database/src/a.ts', `import '@room/log'`, 'may not import'],
    ['the log knowing the database', 'pipelines/log/src/a.ts', `import '@room/database'`, 'may not import'],
    [
      'a query beside the repositories',
      'server/src/access/a.ts',
      `import { sql } from 'kysely'`,
      'may not import kysely',
    ],
    ['a driver of its own', 'server/src/a.ts', `import 'pg'`, 'may not import pg'],
    ['a stage knowing the server', 'pipelines/src/a/b.ts', `import '@room/server'`, 'may not import @room/server'],
    ['a re-export', 'server/src/a.ts', `export * from 'kafkajs'`, 'may not import kafkajs'],
    ['a lazy import', 'server/src/a.ts', `const k = () => import('kafkajs')`, 'may not import kafkajs'],
    ['a type taken by import()', 'server/src/a.ts', `type K = import('kafkajs').Kafka`, 'may not import kafkajs'],
    ['pipelines started elsewhere', 'server/src/app.ts', `import '@room/pipelines'`, 'may not import @room/pipelines'],
    ['a page using the server', 'web/src/a.ts', `import '@room/log'`, 'may not import @room/log'],
    [
      'a component importing too much',
      'web/src/A.vue',
      `<template><p/></template>\n<script setup lang="ts">\nimport 'kafkajs'\n</script>\n`,
      'may not import kafkajs',
    ],
    ['a second socket', 'web/src/a.ts', `import { io } from 'socket.io-client'\nio()`, 'opens a socket'],
    ['a socket by another way', 'web/src/a.ts', `import { io } from './socket.ts'\nio()`, 'calls io()'],
    ['a package that is not listed', 'test/a.ts', `import 'left-pad'`, 'which test/package.json lacks'],
    ['a reach into another package', 'server/src/a.ts', `import '../../pipelines/log/src/b.ts'`, 'reaches into'],
    ['a stage that counts for itself', 'pipelines/src/a/b.ts', `import 'prom-client'`, 'may not import prom-client'],
    ['process.env', 'server/src/a.ts', `const port = process.env.PORT`, 'reads process.env'],
    ['process.env in brackets', 'server/src/a.ts', `const port = process['env'].PORT`, 'reads process.env'],
    ['env taken out of process', 'server/src/a.ts', `const { env } = process`, 'reads process.env'],
    ['env imported', 'pipelines/src/a/b.ts', `import { env } from 'node:process'`, 'reads process.env'],
    ['a country', 'server/src/a.ts', `const place = 'Viet Nam'`, 'names a country'],
    ['a country in a comment', 'web/src/a.ts', `// as in Việt Nam`, 'names a country'],
  ])('%s', (_, path, text, sentence) => {
    expect(saidOf({ [path]: text })).toContain(`${path}: `);
    expect(saidOf({ [path]: text })).toContain(sentence);
  });

  test('sibling stages that know each other', () => {
    const files = { 'pipelines/src/ingest/a.ts': `import '../pulse/b.ts'`, 'pipelines/src/pulse/b.ts': '' };
    expect(saidOf(files)).toContain('may not import its sibling pulse/');
    const folders = { 'server/src/live/a.ts': `import type { B } from '../query/b.ts'`, 'server/src/query/b.ts': '' };
    expect(saidOf(folders)).toContain('may not import its sibling query/');
    const observed = { 'pipelines/src/observe/a.ts': `import '../pulse/b.ts'`, 'pipelines/src/pulse/b.ts': '' };
    expect(saidOf(observed)).toContain('may not import its sibling pulse/');
  });

  test('wiring outside main.ts', () => {
    const files = { 'pipelines/src/config.ts': `import './pulse/b.ts'`, 'pipelines/src/pulse/b.ts': '' };
    expect(saidOf(files)).toContain('only main.ts wires');
  });

  test('circles of files', () => {
    const files = {
      'server/src/a.ts': `import './b.ts'`,
      'server/src/b.ts': `import { c } from './c.ts'`,
      'server/src/c.ts': `export * from './a.ts'`,
    };
    expect(saidOf(files)).toContain('server/src/a.ts -> server/src/b.ts -> server/src/c.ts -> server/src/a.ts');
  });
});

test('the check accepts what the table allows', () => {
  const files = {
    'pipelines/contract/src/a.ts': `import { z } from 'zod'\nimport './b.ts'`,
    'pipelines/contract/src/b.ts': '',
    'pipelines/src/observe/a.ts': `import 'prom-client'\nimport type { B } from '../ingest/observer.ts'`,
    'pipelines/src/ingest/observer.ts': '',
    'pipelines/src/main.ts': `import './ingest/a.ts'\nimport { DateTime } from 'luxon'\nimport '@room/log'`,
    'pipelines/src/ingest/a.ts': `import { join } from 'node:path'`,
    'pipelines/src/config.ts': 'export const port = process.env.PORT',
    'pipelines/catalogue/src/index.ts': `export const DEFAULT_CATALOGUE = new URL('../viet-nam', import.meta.url);\n`,
    'server/src/main.ts': `import { start } from '@room/pipelines'\nimport './query/a.ts'`,
    'server/src/query/a.ts': `import { may } from '../access/a.ts'`,
    'server/src/access/a.ts': `// names process.env in a comment`,
    'web/src/socket.ts': `import { io } from 'socket.io-client'\nio()`,
    'web/src/a.ts': `import type { Socket } from 'socket.io-client'\nimport { LineChart } from 'echarts/charts'`,
    'web/src/i18n/vi.ts': `export default { title: 'Việt Nam' }`,
    'web/src/b.ts': `export const NAMES = { vi: 'Tiếng Việt' }`,
    'test/a.test.ts': `import ts from 'typescript'\nimport { x } from '../server/src/query/a.ts'`,
  };
  expect(saidOf(files)).toBe('');
});
