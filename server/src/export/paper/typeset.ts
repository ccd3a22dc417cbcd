/** A paper as PDF, set by Typst: no file of this machine is read, nothing is asked of a network. */
import { readFileSync } from 'node:fs';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import type { Paper } from './paper.ts';
import { TEMPLATE } from './template.ts';

const FONTS = new URL('./fonts/', import.meta.url);
const FACES = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf'];
/** There is none: what a template asks for beside itself is not found. */
const NOWHERE = '/nowhere';

export class Typesetter {
  readonly #compiler = NodeCompiler.create({
    workspace: NOWHERE,
    fontArgs: [{ fontBlobs: FACES.map((name) => readFileSync(new URL(name, FONTS))) }],
  });

  /** Throws where Typst refuses it. */
  set(paper: Paper, madeAt: number): Buffer {
    const result = this.#compiler.compile({ mainFileContent: TEMPLATE, inputs: { paper: JSON.stringify(paper) } });
    if (result.result === null)
      throw new Error(`Typst refuses the paper: ${JSON.stringify(result.takeDiagnostics()?.shortDiagnostics)}`);
    const bytes = this.#compiler.pdf(result.result, { creationTimestamp: Math.floor(madeAt / 1_000) });
    this.#compiler.evictCache(1);
    return bytes;
  }
}
