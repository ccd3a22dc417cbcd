/** What has to stand beside a number: what it counts, in which unit, up to when and how completely that was reported, and of whom. Pure. */
import {
  type Catalogue,
  DEFINITIONS,
  DIMENSIONS,
  type Dimension,
  describedBy,
  type Evidence,
  type Explanation,
  groupLabel,
  groupsOf,
  type Measure,
  type QueryAnswer,
} from '@room/contract';

export function definitionsOf(measures: Iterable<Measure>) {
  return Object.fromEntries(
    [...measures].map((measure) => {
      const { label, unit, better } = describedBy(measure);
      return [measure, { label, definition: DEFINITIONS[measure], unit, better }];
    }),
  );
}

/** Milliseconds since 1970 UTC as a text that people read, too. */
export const instantText = (at: number): string => new Date(at).toISOString();

interface Freshness {
  asOf: string | undefined;
  behindSeconds: number | undefined;
  coverage: number | undefined;
  watermark: string | undefined;
  /** The same of levels. */
  levelsWatermark?: string;
  simulated: boolean;
}

const freshness = (
  asOf: number | undefined,
  { answeredAt, watermark, simulated }: { answeredAt: number; watermark?: number; simulated: boolean },
  coverage: number | undefined,
): Freshness => ({
  asOf: asOf === undefined ? undefined : instantText(asOf),
  behindSeconds: asOf === undefined ? undefined : Math.max(0, Math.round((answeredAt - asOf) / 1_000)),
  coverage,
  watermark: watermark === undefined ? undefined : String(watermark),
  simulated,
});

export const aboutAnswer = (answer: QueryAnswer | Explanation): Freshness => ({
  ...freshness(answer.periods.now.asOf, answer, answer.periods.now.coverage),
  ...('levelsWatermark' in answer ? { levelsWatermark: String(answer.levelsWatermark) } : {}),
});

export function aboutEvidence(evidence: Evidence): Freshness {
  const { sources, reportedTo, asOf } = evidence;
  const due = sources.reduce((sum, source) => sum + source.due, 0);
  const days = sources.reduce((sum, source) => sum + source.days, 0);
  return { ...freshness(reportedTo, evidence, due === 0 ? undefined : days / due), watermark: asOf };
}

/** Names of the codes that an answer's rows have, by dimension. */
export function namesOf(
  codes: Iterable<readonly [dimension: Dimension, code: string]>,
  catalogue: Catalogue,
): Record<string, Record<string, { vi: string; en: string }>> {
  const names: Record<string, Record<string, { vi: string; en: string }>> = {};
  const labels = new Map<Dimension, Map<string, { vi: string; en: string }>>();
  for (const [dimension, code] of codes) {
    const known =
      labels.get(dimension) ??
      new Map([
        ...DIMENSIONS[dimension].members(catalogue).map((member) => [member.code, member.label] as const),
        ...groupsOf(dimension, catalogue).map((group) => [group.name, groupLabel(group)] as const),
      ]);
    labels.set(dimension, known);
    const label = known.get(code);
    if (label !== undefined) names[dimension] = { ...names[dimension], [code]: label };
  }
  return names;
}
