/** Tasks and links as measures of questions: what an address without measures means, and what has no evidence and no explanation. */
import { evidenceQuerySchema, explainQuerySchema, measuresIn, programmeValue, querySchema } from '@room/contract';
import { expect, it } from 'vitest';

const DAYS = { from: '2026-11-01', to: '2026-11-02' };

it('who names no measure means all of what rows are ordered by counts, of dossiers without that', () => {
  const measures = (fields: Record<string, string>): string[] => querySchema.parse({ ...DAYS, ...fields }).measures;
  expect(measures({})).toEqual(expect.arrayContaining(['submitted', 'backlogOpen', 'indexPoints']));
  expect(measures({}).some((measure) => /^(tasks|link)/.test(measure))).toBe(false);
  expect(measures({ sort: 'late' })).toEqual(measures({}));
  expect(measures({ sort: 'tasksOverdue' })).toEqual(['tasksOpen', 'tasksOverdue', 'tasksSettled']);
  expect(measures({ sort: 'linkErrors' })).toEqual(['linkVolume', 'linkErrors', 'linkErrorShare']);
  expect(measures({ measures: 'tasksOpen', sort: 'tasksOverdue' })).toEqual(['tasksOpen']);
});

it('neither events nor parts of a change are told of them: where they are is said', () => {
  const refused = (schema: typeof evidenceQuerySchema | typeof explainQuerySchema, measure: string) =>
    schema.safeParse({ ...DAYS, measure }).error?.issues[0]?.message;
  for (const measure of ['tasksOverdue', 'linkErrorShare']) {
    expect(refused(evidenceQuerySchema, measure)).toMatch(/\/v1\/tasks\/history.*\/v1\/links\/\{id\}/);
    expect(refused(explainQuerySchema, measure)).toMatch(/tasks, what passes over links/);
  }
  expect(refused(evidenceQuerySchema, 'late')).toBeUndefined();
});

it('a share of no requests is not known, and one without links has no measures of them', () => {
  expect(programmeValue('linkErrorShare', { linkVolume: 8, linkErrors: 2 })).toBe(0.25);
  expect(programmeValue('linkErrorShare', { linkVolume: 0, linkErrors: 0 })).toBeUndefined();
  expect(programmeValue('linkErrorShare', {})).toBeUndefined();
  expect(programmeValue('tasksOpen', { tasksOpen: 0 })).toBe(0);
  expect(measuresIn({ links: [] })).not.toContain('linkVolume');
  expect(measuresIn({ links: [] })).toContain('tasksOpen');
});
