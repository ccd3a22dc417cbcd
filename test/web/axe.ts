/** What a page breaks of the rules of accessibility that a machine can check. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

let script: Promise<string> | undefined;

/** One line a rule, with the elements. */
export async function violations(page: Page): Promise<string[]> {
  script ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(await script);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (of: Document) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}
