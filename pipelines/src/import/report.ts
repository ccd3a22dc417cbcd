/** A summary in words, for the terminal. Pure. */
import type { ReasonGroup } from './reasons.ts';
import type { Summary } from './tally.ts';
import { printable } from './text.ts';

const MOST_REASONS = 12;
const MOST_VALUES = 5;
const MOST_COLUMNS = 20;
const number = new Intl.NumberFormat('en').format;
const several = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? '' : 's'}`;

export interface ReportOptions {
  /** Nothing was sent: what follows is what would be. */
  isCheck: boolean;
  /** What events were held against, in words. */
  against: string | undefined;
  rejects: string | undefined;
  showsExample: boolean;
}

export function report(summary: Summary, options: ReportOptions): string {
  const { rows, events, seconds, rejectedRows } = summary;
  const lines = [
    `${several(rows, 'row')} read in ${seconds.toFixed(1)} s, ${several(events, 'event')}`,
    ...(options.isCheck ? checked(summary, options) : sent(summary)),
    ...passed(summary),
  ];
  if (rejectedRows > 0) {
    const where = summary.rejects === undefined ? '' : `, see ${summary.rejects}`;
    lines.push(`${several(rejectedRows, 'row')} ${options.isCheck ? 'would be ' : ''}rejected${where}`);
    for (const group of summary.reasons.slice(0, MOST_REASONS)) lines.push(`  ${reasonLine(group)}`);
    if (summary.reasons.length > MOST_REASONS)
      lines.push(`  and ${number(summary.reasons.length - MOST_REASONS)} other reasons`);
  }
  if (summary.earlierRejects) lines.push(`${options.rejects} is of an earlier run and was left as it is`);
  if (summary.stopped) lines.push('stopped before the end of the file; run the same command again to go on');
  return printable(lines.join('\n'));
}

function sent(summary: Summary): string[] {
  const { accepted, duplicate, counted, corrections, unremembered } = summary;
  const grown = counted.map(({ status, count }) => `${number(count)} with status ${status}`).join(', ');
  const lines = [
    `${number(accepted)} accepted, ${number(duplicate)} known already (not counted again)${grown === '' ? '' : `; the room counts more: ${grown}`}`,
  ];
  if (corrections > 0) lines.push(`${number(corrections)} of the accepted ones correct what was counted before`);
  if (unremembered > 0)
    lines.push(
      `${number(unremembered)} were counted before anything was kept of them: what changed in those rows since then is not known`,
    );
  return lines;
}

function checked(summary: Summary, { against, showsExample }: ReportOptions): string[] {
  const lines = [
    `nothing was sent; ${against === undefined ? 'codes, times and intervals were not checked: give --url or --catalogue' : `checked against ${against}`}`,
  ];
  const { days } = summary;
  if (days !== undefined) {
    const years = days.byYear.map(([year, count]) => `${year}: ${number(count)}`).join(', ');
    lines.push(`days ${days.first} to ${days.last} (${years})`);
  }
  if (showsExample)
    lines.push(
      `the first event would be ${summary.example === undefined ? 'missing: no row fits' : JSON.stringify(summary.example, null, 2)}`,
    );
  return lines;
}

function passed({
  events,
  days,
  passed: { preamble, blank, ignored, sheets },
  hidden,
  totals,
  unused,
  repeated,
  elsewhere,
}: Summary): string[] {
  const lines: string[] = [];
  if (days !== undefined && days.midnight === events)
    lines.push('every event is at midnight: if the file has the time too, name its column in "time"');
  if (preamble > 0) lines.push(`passed over: ${several(preamble, 'line')} before the header`);
  if (blank > 0) lines.push(`passed over: ${several(blank, 'row')} without any text`);
  if (ignored > 0) lines.push(`passed over: ${several(ignored, 'row')} that the mapping ignores`);
  if (totals !== undefined) {
    const more = totals.rows === 1 ? '' : `, and ${several(totals.rows - 1, 'row')} like it`;
    lines.push(`passed over: line ${totals.line} sums up others (${JSON.stringify(totals.text)})${more}: not counted`);
  }
  for (const at of unused)
    lines.push(`no row gave the event events.${at} of the mapping: are its conditions ("when") right?`);
  if (sheets.length > 0) lines.push(`passed over: the other sheets of the workbook, ${sheets.join(', ')}`);
  if (hidden !== undefined) lines.push(...unseen(hidden));
  if (repeated > 0)
    lines.push(`${several(repeated, 'event')} with the id and the values of an earlier row of the file: counted once`);
  for (const { column, cells, values } of elsewhere)
    lines.push(
      `${several(cells, 'cell')} of ${column} took the code for everything else: ${some(
        values.map(([value, count]) => [JSON.stringify(value), count]),
        false,
      )}`,
    );
  return lines;
}

/** What a workbook does not show, and its reader should know was counted. */
function unseen({ rows, columns, sheet }: NonNullable<Summary['hidden']>): string[] {
  const parts = [
    ...(sheet ? ['the sheet itself'] : []),
    ...(rows > 0 ? [several(rows, 'row')] : []),
    ...(columns.length > 0
      ? [`column${columns.length === 1 ? '' : 's'} ${columns.slice(0, MOST_COLUMNS).join(', ')}`]
      : []),
  ];
  if (parts.length === 0) return [];
  return [`hidden in the workbook, and read like the others: ${parts.join('; ')}`];
}

function reasonLine({ reason, rows, values, isCut }: ReasonGroup): string {
  const line = `${number(rows)}: ${reason.replaceAll(/\s+/g, ' ')}`;
  return values.length < 2 ? line : `${line}; the values: ${some(values, isCut)}`;
}

function some(values: readonly [string, number][], isCut: boolean): string {
  const shown = values.slice(0, MOST_VALUES).map(([value, count]) => `${value} (${number(count)})`);
  const rest = values.length - shown.length;
  const more = rest <= 0 ? '' : ` and ${isCut ? 'more than ' : ''}${number(rest)} others`;
  return `${shown.join(', ')}${more}`;
}
