/** What a briefing that somebody brings back is worth: whether the room signed it, and which of its figures were corrected since. */
import { type Briefing, briefingSchema, type Corrected, type Sealed, type Verified } from '@room/contract';
import { type Database, type ReportedValueRow, ReportedValueTable } from '@room/database';
import { isSealed } from './seal.ts';

export async function verifyBriefing(sealed: Sealed, database: Pick<Database, 'read' | 'write'>): Promise<Verified> {
  const verdict = await isSealed(sealed, database);
  if (verdict !== 'genuine') return { verdict, corrected: [] };
  const briefing = readBriefing(sealed.text);
  if (briefing === undefined) return { verdict: 'unreadable', corrected: [] };
  const rows = await new ReportedValueTable(database).list();
  return { verdict, id: briefing.id, madeAt: briefing.madeAt, corrected: correctedSince(briefing, rows) };
}

export function readBriefing(text: string): Briefing | undefined {
  try {
    return briefingSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Each figure whose report was corrected or taken back, with what stands now. Pure. */
export function correctedSince({ parts }: Pick<Briefing, 'parts'>, rows: readonly ReportedValueRow[]): Corrected[] {
  return parts.flatMap(({ sentences }) =>
    sentences.flatMap(({ code, figures = [] }) =>
      figures.flatMap(({ indicator, by, period, revision, value }): Corrected[] => {
        const newest = rows
          .filter((row) => row.indicator === indicator && row.by_unit === (by ?? '') && row.period === period)
          .reduce<ReportedValueRow | undefined>(
            (best, row) => (row.revision > (best?.revision ?? 0) ? row : best),
            undefined,
          );
        if (newest === undefined || newest.revision <= revision) return [];
        const now = JSON.parse(newest.value) as number | null;
        const at = Date.parse(newest.at);
        return [{ code, indicator, ...(by === undefined ? {} : { by }), period, was: value, now, at }];
      }),
    ),
  );
}
