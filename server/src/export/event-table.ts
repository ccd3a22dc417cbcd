/** All events of a number, as a file has them: their sum is the number, as of when it was told. */
import { type EvidenceQuery, type EvidentEvent, isLevel, partsIn, placeText, positionSchema } from '@room/contract';
import type { EventStore, EvidenceStore, Proven } from '@room/warehouse';
import { eventIdFor } from '../access/event-ids.ts';
import { cellsIn } from './pieces.ts';
import { type Cell, clockIn, type LongTable, labelOf, momentOf, namesIn, nounsIn } from './table.ts';
import type { Taking } from './taking.ts';
import { WORDS } from './words.ts';

export interface EventTableOptions {
  evidence: Pick<EvidenceStore, 'evidence'>;
  events: Pick<EventStore, 'stretches' | 'page'>;
}

/** Of a level, whose reports are as many as there are units: they are held at once. */
const MOST_REPORTS = 200_000;

const UNITS = ['source', 'agency', 'province', 'service', 'channel', 'status'] as const;

export async function eventTable(
  { evidence, events }: EventTableOptions,
  taking: Taking<EvidenceQuery>,
): Promise<LongTable> {
  const { query, scope, isPart, ask, catalogue, language, principal } = taking;
  const { cursor: _cursor, ...rest } = query;
  const found = await ask(`evidence ${JSON.stringify(rest)}`, (signal) =>
    evidence.evidence({ ...rest, limit: isLevel(query.measure) ? MOST_REPORTS : 0 }, scope, signal),
  );
  const asked = { ...rest, asOf: positionSchema.parse(found.asOf) };
  const words = WORDS[language];
  const clock = clockIn(catalogue.timeZone);
  const names = namesIn(catalogue, language);
  const noun = nounsIn(catalogue, language);
  const shown = eventIdFor(principal);
  const sums = partsIn(query.measure, catalogue.scoring);
  const cellsOf = (event: EvidentEvent): Cell[] => [
    shown(event.id),
    event.corrects === undefined ? undefined : shown(event.corrects),
    clock(event.occurredAt),
    event.span,
    clock(event.receivedAt),
    event.partition,
    event.offset,
    ...UNITS.flatMap((unit): Cell[] => {
      const code = event[unit];
      if (code === undefined || code === '') return [undefined, undefined];
      return [String(code), names.get(unit)?.get(String(code)) ?? String(code)];
    }),
    ...sums.map((sum) => event.adds[sum] ?? 0),
  ];
  const { measure } = asked;
  const stretched = async function* (proven: Proven): AsyncGenerator<Cell[][]> {
    const key = JSON.stringify(proven);
    const stretches = await ask(`event stretches ${key}`, (signal) => events.stretches(proven, scope, signal));
    for (const stretch of stretches) {
      let after: string | undefined;
      do {
        const from = after;
        const page = await ask(`events ${key} ${stretch.from} ${from}`, (signal) =>
          events.page(proven, scope, stretch, from, signal),
        );
        yield* cellsIn(page.events, cellsOf);
        after = page.next;
      } while (after !== undefined);
    }
  };
  const { number, sum, matches, period } = found;
  const value = (of: number | undefined): string => (of === undefined ? words.unknown : String(of));
  return {
    about: [
      ...(found.simulated ? [[words.simulated, words.simulated] as [string, string]] : []),
      [words.evidence, addressOf(taking, found.asOf, number)],
      [words.madeAt, momentOf(found.answeredAt, catalogue.timeZone)],
      [words.period, [`${period.from} – ${period.to}`, ...(period.at === undefined ? [] : [period.at])].join('; ')],
      [words.watermark, momentOf(asked.asOf.receivedAt, catalogue.timeZone)],
      ...(found.reportedTo === undefined
        ? []
        : [[words.asOf, momentOf(found.reportedTo, catalogue.timeZone)] as [string, string]]),
      ...(isPart ? [[words.onlyPart, words.onlyPart] as [string, string]] : []),
      [`${words.definition}: ${labelOf(query.measure, language)}`, found.definition[language]],
      [words.number, value(number)],
      [words.sum, `${value(sum.value)}; ${matches ? words.matches : words.differs}`],
      [words.statement, found.statement],
    ],
    columns: [
      { name: words.event, kind: 'text' },
      { name: words.corrects, kind: 'text' },
      { name: words.occurredAt, kind: 'instant' },
      { name: words.spanMs, kind: 'count' },
      { name: words.receivedAt, kind: 'instant' },
      { name: words.partition, kind: 'count' },
      { name: words.offset, kind: 'count' },
      ...UNITS.flatMap((unit): LongTable['columns'] => [
        { name: `${noun(unit)}, ${words.code}`, kind: 'text' },
        { name: noun(unit), kind: 'text' },
      ]),
      ...sums.map((sum): LongTable['columns'][number] => ({
        name: `${labelOf(sum, language)}, ${words.adds}`,
        kind: 'count',
      })),
    ],
    count: sum.events,
    pieces: isLevel(measure) ? cellsIn(found.events, cellsOf) : stretched({ ...asked, measure }),
  };
}

/** On the page where it names one number; a member of two dimensions only a program asks for. */
function addressOf({ query, search, address }: Taking<EvidenceQuery>, asOf: string, shown: number | undefined): string {
  const { measure, side, split, key, at } = query;
  if (split.length > 1) return address(`/v1/evidence${search}`);
  const given = new URLSearchParams(search);
  for (const name of ['measure', 'side', 'key', 'at', 'shown', 'asOf', 'limit', 'cursor', 'split', 'lang'])
    given.delete(name);
  const [dimension] = split;
  const place = placeText({
    measure,
    side,
    ...(dimension === undefined || key === undefined ? {} : { member: { dimension, code: key[0] ?? '' } }),
    ...(at === undefined ? {} : { at }),
    ...(shown === undefined ? {} : { shown }),
    asOf: Number.parseInt(asOf, 10),
  });
  given.set('evidence', place);
  return address(`/explore?${given}`);
}
