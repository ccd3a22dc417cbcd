/** A year's plan as ministries and provinces work through it: most in time, some put off, some late, some waiting. Pure and seeded. */
import {
  addDays,
  type Catalogue,
  type DirectiveBody,
  daysBetween,
  type SentTask,
  startOfDay,
  validOn,
} from '@room/contract';
import { SIMULATOR } from './programme.ts';
import { fixed } from './random.ts';

const HOUR = 3_600_000;
const EACH = 3;
const PROVINCES = 12;
const TEXTS = [
  ['Hoàn thành kết nối cơ sở dữ liệu chuyên ngành với trục quốc gia', 'kết nối được ký nhận'],
  ['Số hóa kết quả giải quyết thủ tục còn hiệu lực', 'báo cáo số hồ sơ đã số hóa'],
  ['Cắt giảm thành phần hồ sơ đã có trong cơ sở dữ liệu', 'quyết định công bố thủ tục'],
  ['Bố trí điểm hỗ trợ nộp hồ sơ trực tuyến tại cấp xã', 'danh sách điểm hỗ trợ'],
  ['Phê duyệt hồ sơ cấp độ an toàn hệ thống thông tin', 'quyết định phê duyệt'],
  ['Ban hành chính sách miễn, giảm phí nộp trực tuyến', 'văn bản được ban hành'],
] as const;

export interface SimTask extends SentTask {
  state: 'open' | 'answered' | 'done';
  givenAt: number;
  settledAt: number | undefined;
  more: Partial<DirectiveBody>;
  /** Its due day was put off: what it was before. */
  dueWas: string | undefined;
}

export interface TaskYear {
  catalogue: Pick<Catalogue, 'agencies' | 'provinces' | 'timeZone'>;
  /** Milliseconds. */
  now: number;
  /** Local day of it. */
  today: string;
}

/** The same at every start of a year; what is later than now has not happened. */
export function tasksOfYear({ catalogue, now, today }: TaskYear): SimTask[] {
  const year = today.slice(0, 4);
  const plan = `Kế hoạch năm ${year} (mô phỏng)`;
  const givenOn = `${year}-01-15` <= today ? `${year}-01-15` : `${year}-01-01`;
  const there = (units: Catalogue['agencies']) => units.filter((unit) => validOn(unit, today));
  const units = [
    ...there(catalogue.agencies).map(({ id }) => ({ dim: 'agency' as const, code: id })),
    ...there(catalogue.provinces)
      .slice(0, PROVINCES)
      .map(({ id }) => ({ dim: 'province' as const, code: id })),
  ];
  const at = (day: string, seed: string): number =>
    Math.min(now, startOfDay(day, catalogue.timeZone) + Math.floor((8 + 8 * fixed(seed)) * HOUR));
  return units.flatMap((unit, place) =>
    Array.from({ length: EACH }, (_, index): SimTask => {
      const item = `${place + 1}.${index + 1}`;
      const chance = (what: string): number => fixed(`${year} ${item} ${what}`);
      const [text, wanted] = TEXTS[Math.floor(chance('text') * TEXTS.length)] ?? TEXTS[0];
      // Over the year, so that some are late at any time of it.
      const planned = addDays(`${year}-01-31`, Math.floor(chance('due') * 334));
      const slips = chance('slips') < 0.25;
      const due = slips ? addDays(planned, 30) : planned;
      // Nothing is done before it is given.
      const early = daysBetween(givenOn, due);
      const answeredOn = addDays(due, Math.max(-early, Math.floor(chance('answered') * 45) - 25));
      const isNever = chance('never') < 0.12;
      const isAnswered = !isNever && answeredOn <= today;
      const settledOn = addDays(answeredOn, 3 + Math.floor(chance('settled') * 20));
      const isDone = isAnswered && settledOn <= today;
      const answer = {
        cause: 'mô phỏng / simulated',
        measure: wanted,
        done: answeredOn,
        evidence: `https://example.org/${year}/${item}`,
        who: SIMULATOR,
        at: at(answeredOn, `${item} answered`),
      };
      const settledAt = isDone ? at(settledOn, `${item} settled`) : undefined;
      return {
        plan,
        item,
        unit,
        text,
        due,
        givenOn,
        wanted,
        state: isDone ? 'done' : isAnswered ? 'answered' : 'open',
        givenAt: at(givenOn, item),
        settledAt,
        dueWas: slips && planned <= today ? planned : undefined,
        more: {
          isSimulated: true,
          ...(isAnswered ? { response: answer } : {}),
          ...(settledAt === undefined ? {} : { decided: { what: 'confirmed', who: SIMULATOR, at: settledAt } }),
        },
      };
    }),
  );
}
