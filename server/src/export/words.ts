/** Words of files that are taken along, in both languages. */
import type { Catalogue, Dimension, Language, Per } from '@room/contract';

type Scoring = NonNullable<Catalogue['scoring']>;

export interface Words {
  question: string;
  madeAt: string;
  period: string;
  before: string;
  days: string;
  workingDays: string;
  asOf: string;
  coverage: string;
  watermark: string;
  boundaries: string;
  asReported: string;
  today: string;
  ofDay: string;
  per: string;
  of: Readonly<Record<Exclude<Per, 'period'>, string>>;
  peopleAsOf: string;
  unlike: string;
  notByPart: string;
  /** Of tasks and links: all that is not of the units that are split by. */
  otherUnits: string;
  linkCoverage: string;
  divided: string;
  onlyPart: string;
  simulated: string;
  definition: string;
  ofIndex: string;
  /** Which components of the index are counted, and how many of its points they can have. */
  pointsCounted: (scoring: Scoring) => string;
  total: string;
  wholeCountry: string;
  splitBy: string;
  others: (n: string) => string;
  unknown: string;
  code: string;
  point: string;
  pointBefore: string;
  about: string;
  data: string;
  /** Of the last line of a text; how a reader knows that nothing is missing. */
  end: string;
  isWhole: (end: string) => string;
  measure: string;
  moreRows: (n: string) => string;
  moreCrossed: (n: string) => string;
  crossed: string;
  together: string;
  usual: string;
  foreseen: string;
  page: string;
  notebook: string;
  asFrozen: string;
  liveInstead: string;
  number: string;
  sum: string;
  matches: string;
  differs: string;
  statement: string;
  evidence: string;
  evidenceOf: string;
  event: string;
  corrects: string;
  occurredAt: string;
  spanMs: string;
  receivedAt: string;
  partition: string;
  offset: string;
  adds: string;
  dimensions: Readonly<Record<Exclude<Dimension, 'agency' | 'province'>, string>>;
}

const mostOf = (components: Scoring['components']): number => components.reduce((most, { points }) => most + points, 0);

export const WORDS: Readonly<Record<Language, Words>> = {
  vi: {
    question: 'Mở lại câu hỏi này',
    madeAt: 'Lập lúc',
    period: 'Kỳ',
    before: 'Kỳ so sánh',
    days: 'số ngày',
    workingDays: 'ngày làm việc',
    asOf: 'Đã báo đến',
    coverage: 'Tỷ lệ ngày đã báo của các cổng',
    watermark: 'Tính đến những gì nhật ký nhận lúc',
    boundaries: 'Đơn vị trước sáp nhập',
    asReported: 'như tại thời điểm đó',
    today: 'gộp vào đơn vị hiện nay',
    ofDay: 'theo đơn vị ngày',
    per: 'Tính theo',
    of: { 'working-day': 'mỗi ngày làm việc', '1000-people': 'mỗi 1.000 dân' },
    peopleAsOf: 'Dân số ngày',
    unlike: 'Số ngày không có ngày cùng loại để so sánh',
    notByPart: 'Không báo theo từng phần',
    otherUnits: 'Đơn vị khác',
    linkCoverage: 'Tỷ lệ thời gian các kết nối đã báo',
    divided: 'Đơn vị đã chia, giữ nguyên',
    onlyPart: 'Chỉ gồm những gì người lập được xem đầy đủ',
    simulated: 'SỐ LIỆU MÔ PHỎNG',
    definition: 'Định nghĩa',
    ofIndex: 'Của bộ chỉ số',
    pointsCounted: ({ decision, points, components }) =>
      `${decision}: đếm được ${components.map(({ id, label }) => `${id} ${label.vi}`).join('; ')}: nhiều nhất ${mostOf(components)} trên ${points} điểm; phần còn lại chưa đo được, không tính là 0`,
    total: 'Tổng',
    wholeCountry: 'Cả nước',
    splitBy: 'Tách theo',
    others: (n) => `${n} mục khác`,
    unknown: 'không rõ',
    code: 'mã',
    point: 'Thời điểm',
    pointBefore: 'Thời điểm so sánh',
    about: 'Định nghĩa',
    data: 'Số liệu',
    end: 'Hết tệp; số dòng',
    isWhole: (end) => `Tệp chỉ đủ khi dòng cuối là “# ${end}: …”`,
    measure: 'Chỉ tiêu',
    moreRows: (n) => `Còn ${n} dòng nữa: hãy lấy tệp CSV hoặc XLSX.`,
    moreCrossed: (n) => `Bảng chéo còn ${n} hàng hoặc cột nữa: hãy lấy tệp XLSX.`,
    crossed: 'Bảng chéo',
    together: 'Cộng',
    usual: 'Dải thường gặp',
    foreseen: 'Dự báo, dải 80%',
    page: 'Trang {n}/{all}',
    notebook: 'Sổ',
    asFrozen: 'Số liệu như khi giữ lại lúc',
    liveInstead: 'Số liệu được giữ lại nằm ngoài phạm vi được xem; đây là số liệu hiện nay.',
    number: 'Con số',
    sum: 'Tổng các sự kiện dưới đây',
    matches: 'khớp với con số',
    differs: 'KHÔNG khớp với con số',
    statement: 'Câu lệnh',
    evidence: 'Mở lại bằng chứng này',
    evidenceOf: 'Bằng chứng của một số (thay phần trong ngoặc)',
    event: 'Mã sự kiện',
    corrects: 'Sửa sự kiện',
    occurredAt: 'Xảy ra lúc',
    spanMs: 'Khoảng tính, mili giây',
    receivedAt: 'Nhật ký nhận lúc',
    partition: 'Phân vùng nhật ký',
    offset: 'Vị trí nhật ký',
    adds: 'cộng vào',
    dimensions: { service: 'Dịch vụ', source: 'Cổng gửi số liệu', channel: 'Kênh nộp', status: 'Trạng thái' },
  },
  en: {
    question: 'Open this question again',
    madeAt: 'Made at',
    period: 'Period',
    before: 'Compared with',
    days: 'days',
    workingDays: 'working days',
    asOf: 'Reported up to',
    coverage: "Share of the portals' days received",
    watermark: 'Of what the log had taken at',
    boundaries: 'Units that were merged',
    asReported: 'as they were then',
    today: 'in the units of today',
    ofDay: 'in the units of',
    per: 'Counted',
    of: { 'working-day': 'per working day', '1000-people': 'per 1,000 people' },
    peopleAsOf: 'People as of',
    unlike: 'Days that have no like to be compared with',
    notByPart: 'Not reported by part',
    otherUnits: 'Other units',
    linkCoverage: 'Share of the time reported by links',
    divided: 'Units that were divided, and stay',
    onlyPart: 'Only what its maker may see in full',
    simulated: 'SIMULATED NUMBERS',
    definition: 'Definition',
    ofIndex: 'Of the index',
    pointsCounted: ({ decision, points, components }) =>
      `${decision}: counted are ${components.map(({ id, label }) => `${id} ${label.en}`).join('; ')}: at most ${mostOf(components)} of ${points} points; the rest is not measured, which is not zero`,
    total: 'Total',
    wholeCountry: 'Whole country',
    splitBy: 'Split by',
    others: (n) => `${n} others`,
    unknown: 'not known',
    code: 'code',
    point: 'Time',
    pointBefore: 'Time compared with',
    about: 'Definitions',
    data: 'Data',
    end: 'End of the file; rows',
    isWhole: (end) => `The file is whole only if its last line is “# ${end}: …”`,
    measure: 'Measure',
    moreRows: (n) => `${n} more rows: take the file as CSV or XLSX.`,
    moreCrossed: (n) => `${n} more rows or columns of what is crossed: take it as XLSX.`,
    crossed: 'Cross table',
    together: 'Together',
    usual: 'Usual range',
    foreseen: 'Forecast, 80% band',
    page: 'Page {n} of {all}',
    notebook: 'Notebook',
    asFrozen: 'Numbers as they were kept at',
    liveInstead: 'The numbers that were kept are outside of what may be seen; these are of now.',
    number: 'Number',
    sum: 'Sum of the events below',
    matches: 'matches the number',
    differs: 'does NOT match the number',
    statement: 'Statement',
    evidence: 'Open this evidence again',
    evidenceOf: 'Evidence of a number (put in what is in braces)',
    event: 'Event',
    corrects: 'Corrects event',
    occurredAt: 'Occurred at',
    spanMs: 'Interval, milliseconds',
    receivedAt: 'Taken by the log at',
    partition: 'Partition of the log',
    offset: 'Offset in the log',
    adds: 'adds',
    dimensions: { service: 'Service', source: 'Portal', channel: 'Channel', status: 'Status' },
  },
};
