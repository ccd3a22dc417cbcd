/** Words of a question in both languages, folded, beside the names that the catalogue and the measures bring along. */
import type { Dimension } from '../dimensions.ts';
import type { Measure, Order, Per } from '../query.ts';

/** What each word may mean, the likeliest first where it stands alone. */
export const MEASURE_WORDS: Readonly<Record<string, readonly Measure[]>> = {
  'ho so': ['submitted'],
  'so ho so': ['submitted'],
  'ho so nop': ['submitted'],
  'da nop': ['submitted'],
  nop: ['submitted'],
  dossiers: ['submitted'],
  submissions: ['submitted'],
  submitted: ['submitted'],
  applications: ['submitted'],
  filed: ['submitted'],
  'truc tuyen': ['shareOnline', 'submittedOnline'],
  online: ['shareOnline', 'submittedOnline'],
  'ho so truc tuyen': ['submittedOnline'],
  'so truc tuyen': ['submittedOnline'],
  'ho so nop truc tuyen': ['submittedOnline'],
  'filed online': ['submittedOnline'],
  'online dossiers': ['submittedOnline'],
  'online submissions': ['submittedOnline'],
  'ty le truc tuyen': ['shareOnline'],
  'ti le truc tuyen': ['shareOnline'],
  'ti le nop truc tuyen': ['shareOnline'],
  'online share': ['shareOnline'],
  'share online': ['shareOnline'],
  'online rate': ['shareOnline'],
  'dung han': ['shareOnTime', 'onTime'],
  'on time': ['shareOnTime', 'onTime'],
  'ho so dung han': ['onTime'],
  'so dung han': ['onTime'],
  'finished on time': ['onTime'],
  'ti le dung han': ['shareOnTime'],
  'on time share': ['shareOnTime'],
  'on time rate': ['shareOnTime'],
  'tre han': ['late'],
  'ho so tre han': ['late'],
  tre: ['late'],
  'cham han': ['late'],
  late: ['late'],
  'finished late': ['late'],
  'qua han': ['backlogOverdue'],
  'cho qua han': ['backlogOverdue'],
  'ton dong': ['backlogOpen', 'backlogOverdue'],
  'dang cho': ['backlogOpen'],
  overdue: ['backlogOverdue'],
  backlog: ['backlogOpen', 'backlogOverdue'],
  waiting: ['backlogOpen', 'backlogOverdue'],
  waits: ['backlogOpen', 'backlogOverdue'],
  wait: ['backlogOpen', 'backlogOverdue'],
  'past due': ['backlogOverdue'],
  'beyond the date': ['backlogOverdue'],
  'waits beyond the date': ['backlogOverdue'],
  'wait beyond the date': ['backlogOverdue'],
  'waits too long': ['backlogOverdue'],
  'dang qua han': ['backlogOverdue'],
  'cho lau': ['backlogOverdue'],
};

/** What is counted, whichever measure: beside another measure they name none of their own. */
export const COUNTED_WORDS: ReadonlySet<string> = new Set(['ho so', 'so ho so', 'dossiers', 'applications']);

/** What a value is of. */
export const PER_WORDS: Readonly<Record<string, Per>> = {
  'moi ngay lam viec': 'working-day',
  'theo ngay lam viec': 'working-day',
  'per working day': 'working-day',
  'a working day': 'working-day',
  'moi 1 000 dan': '1000-people',
  'moi 1000 dan': '1000-people',
  'moi nghin dan': '1000-people',
  'per 1 000 people': '1000-people',
  'per 1000 people': '1000-people',
  'per thousand people': '1000-people',
};

/** Which rows come first. */
export const ORDER_WORDS: Readonly<Record<Order, readonly string[]>> = {
  largest: ['highest', 'cao nhat', 'nhieu nhat', 'lon nhat'],
  smallest: ['lowest', 'fewest', 'least', 'thap nhat', 'it nhat'],
  risen: [
    ...[
      'growing most',
      'growing fastest',
      'grew most',
      'growing',
      'grows',
      'grow',
      'grew',
      'rising',
      'rises',
      'rise',
      'rose',
    ],
    ...['tang nhieu nhat', 'tang nhanh nhat', 'tang manh nhat', 'tang'],
  ],
  fallen: [
    ...['falling most', 'fell most', 'falling', 'falls', 'fall', 'fell', 'drop', 'dropped', 'dropping', 'shrinking'],
    ...['giam nhieu nhat', 'giam nhanh nhat', 'giam manh nhat', 'giam'],
  ],
};

/** How the curve is cut; before a number such words belong to a time, as in `theo tháng 10`. */
export const GRAIN_WORDS: Readonly<Record<string, 'hour' | 'day' | 'month'>> = {
  'by hour': 'hour',
  'by the hour': 'hour',
  hourly: 'hour',
  'theo gio': 'hour',
  'by day': 'day',
  'by the day': 'day',
  daily: 'day',
  'theo ngay': 'day',
  'hang ngay': 'day',
  'by month': 'month',
  'by the month': 'month',
  monthly: 'month',
  'theo thang': 'month',
  'hang thang': 'month',
};

/** What made the change is asked for. */
export const WHY_WORDS = ['why', 'vi sao', 'tai sao', 'do dau', 'nguyen nhan'] as const;

/** What a split is called, beside the catalogue's nouns. Before a name of its dimension such a word is a part of the name. */
export const SPLIT_WORDS: Readonly<Record<string, Dimension>> = {
  tinh: 'province',
  'tinh thanh': 'province',
  'thanh pho': 'province',
  tp: 'province',
  'dia phuong': 'province',
  province: 'province',
  provinces: 'province',
  bo: 'agency',
  'bo nganh': 'agency',
  'co quan': 'agency',
  ministry: 'agency',
  ministries: 'agency',
  agency: 'agency',
  agencies: 'agency',
  'dich vu': 'service',
  'thu tuc': 'service',
  service: 'service',
  services: 'service',
  procedures: 'service',
  kenh: 'channel',
  channel: 'channel',
  channels: 'channel',
  cong: 'source',
  'cong gui': 'source',
  portal: 'source',
  portals: 'source',
};

/** The time that follows is what is compared with. */
export const AGAINST = [
  'so voi',
  'so sanh voi',
  'compared with',
  'compared to',
  'versus',
  'vs',
  'against',
  'than',
] as const;

/** A comparison by name, with or without one of those before it. */
export const COMPARED: Readonly<Record<string, 'previous' | 'year-before' | 'day-types'>> = {
  'ky truoc': 'previous',
  'ky lien truoc': 'previous',
  'previous period': 'previous',
  'period before': 'previous',
  'cung ky': 'year-before',
  'cung ky nam truoc': 'year-before',
  'cung ky nam ngoai': 'year-before',
  'same period last year': 'year-before',
  'year before': 'year-before',
  'a year before': 'year-before',
  'ngay cung loai': 'day-types',
  'cung loai ngay': 'day-types',
  'theo ngay cung loai': 'day-types',
  'same kinds of days': 'day-types',
  'same day types': 'day-types',
  'like days': 'day-types',
};

/** Before a time: from its first day to today, or to the time that follows. */
export const SINCE = ['since', 'from', 'tu', 'ke tu'] as const;

/** Between two times: all from the one to the other. */
export const UNTIL = ['den', 'toi', 'to', 'until', 'through'] as const;

/** They say nothing of their own. */
export const FILLERS: ReadonlySet<string> = new Set(
  (
    'o tai cua trong cho theo tung cac va voi la bao nhieu moi ve ' +
    'nao ai nhung da bi the ra sao co dang lam nguoi dan nhat ' +
    'of in for the by per each and with at is what how many much was were show me a an ' +
    'which who whose did does do are has have there most people citizens'
  ).split(' '),
);
