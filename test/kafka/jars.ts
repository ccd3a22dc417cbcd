/** Apache Kafka's jars: fetched once by Maven, from then on out of a cache. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { config } from '../harness/config.ts';
import { Unavailable } from '../harness/need.ts';
import { run, which } from '../harness/process.ts';

const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const OLDEST_JAVA = 17;

export interface Jars {
  java: string;
  classpath: string;
}

export async function kafkaJars(): Promise<Jars> {
  const java = await findJava();
  const hash = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex');
  const folder = join(config.cacheDir, `kafka-${hash.slice(0, 12)}`);
  const there = await readdir(folder).catch(() => []);
  if (there.length === 0) await fetchInto(folder);
  return { java, classpath: join(folder, '*') };
}

async function findJava(): Promise<string> {
  const java = config.javaHome ? join(config.javaHome, 'bin', 'java') : await which('java');
  const { output } = java ? await run(java, ['-version']) : { output: '' };
  const major = Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
  if (java !== undefined && major >= OLDEST_JAVA) return java;
  throw new Unavailable(`a Kafka broker needs Java ${OLDEST_JAVA} or newer: install a JRE, or set KAFKA_BROKERS`);
}

async function fetchInto(folder: string): Promise<void> {
  const maven = await which('mvn');
  if (maven === undefined) {
    throw new Unavailable('Kafka comes by Maven, which is missing: install maven, or set KAFKA_BROKERS');
  }
  await mkdir(config.cacheDir, { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const { code, output } = await run(maven, [
      '--batch-mode',
      '--quiet',
      `--file=${POM}`,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${draft}`,
    ]);
    if (code !== 0) {
      throw new Unavailable(`Kafka's jars could not be fetched; check the network and Maven's settings:\n${output}`);
    }
    // Whoever comes second finds the first one's folder in place, which is as good.
    await rename(draft, folder).catch(() => undefined);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
