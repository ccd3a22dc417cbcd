/** Words of a question in both languages, with their diacritics, beside the names that the catalogue and the measures bring along. */
import type { Dimension } from '../dimensions.ts';
import type { PagePath } from '../pages.ts';
import type { Measure, Order, Per } from '../query.ts';

/** Words that each mean the same measures. */
const measuring = (measures: readonly Measure[], words: readonly string[]): Record<string, readonly Measure[]> =>
  Object.fromEntries(words.map((word) => [word, measures]));

/** What each word may mean, the likeliest first where it stands alone. */
export const MEASURE_WORDS: Readonly<Record<string, readonly Measure[]>> = {
  'hồ sơ': ['submitted'],
  'số hồ sơ': ['submitted'],
  'hồ sơ nộp': ['submitted'],
  'đã nộp': ['submitted'],
  nộp: ['submitted'],
  dossiers: ['submitted'],
  submissions: ['submitted'],
  submitted: ['submitted'],
  applications: ['submitted'],
  filed: ['submitted'],
  'trực tuyến': ['shareOnline', 'submittedOnline'],
  online: ['shareOnline', 'submittedOnline'],
  'hồ sơ trực tuyến': ['submittedOnline'],
  'số trực tuyến': ['submittedOnline'],
  'hồ sơ nộp trực tuyến': ['submittedOnline'],
  'filed online': ['submittedOnline'],
  'online dossiers': ['submittedOnline'],
  'online submissions': ['submittedOnline'],
  'tỷ lệ trực tuyến': ['shareOnline'],
  'tỉ lệ trực tuyến': ['shareOnline'],
  'tỉ lệ nộp trực tuyến': ['shareOnline'],
  'online share': ['shareOnline'],
  'share online': ['shareOnline'],
  'online rate': ['shareOnline'],
  'đúng hạn': ['shareOnTime', 'onTime'],
  'đúng hẹn': ['shareOnTime', 'onTime'],
  'on time': ['shareOnTime', 'onTime'],
  'hồ sơ đúng hạn': ['onTime'],
  'số đúng hạn': ['onTime'],
  'finished on time': ['onTime'],
  'tỉ lệ đúng hạn': ['shareOnTime'],
  'tỷ lệ đúng hẹn': ['shareOnTime'],
  'tỉ lệ đúng hẹn': ['shareOnTime'],
  'on time share': ['shareOnTime'],
  'on time rate': ['shareOnTime'],
  'trễ hạn': ['late'],
  'hồ sơ trễ hạn': ['late'],
  trễ: ['late'],
  'trễ hẹn': ['late'],
  'chậm hạn': ['late'],
  chậm: ['late', 'shareOnTime'],
  'chậm trễ': ['late', 'shareOnTime'],
  'chậm nhất': ['late', 'shareOnTime'],
  'trễ nhất': ['late', 'shareOnTime'],
  slow: ['late', 'shareOnTime'],
  slowest: ['late', 'shareOnTime'],
  late: ['late'],
  'finished late': ['late'],
  'quá hạn': ['backlogOverdue'],
  'chờ quá hạn': ['backlogOverdue'],
  'tồn đọng': ['backlogOpen', 'backlogOverdue'],
  'đang chờ': ['backlogOpen'],
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
  'đang quá hạn': ['backlogOverdue'],
  'chờ lâu': ['backlogOverdue'],
  'chỉ số': ['indexPoints'],
  'bộ chỉ số': ['indexPoints'],
  'điểm chỉ số': ['indexPoints'],
  'điểm phục vụ': ['indexPoints'],
  index: ['indexPoints'],
  'the index': ['indexPoints'],
  'index score': ['indexPoints'],
  'index scores': ['indexPoints'],
  'points of the index': ['indexPoints'],
  'service index': ['indexPoints'],
  'điểm đo được': ['indexMeasured'],
  'measured points': ['indexMeasured'],
  ...measuring(['tasksOpen', 'tasksOverdue'], [...['nhiệm vụ', 'số nhiệm vụ', 'nhiệm vụ được giao', 'task', 'tasks']]),
  ...measuring(
    ['tasksOpen'],
    [
      ...['nhiệm vụ đang mở', 'nhiệm vụ tồn đọng', 'nhiệm vụ chưa xong', 'nhiệm vụ đang làm'],
      ...['tasks open', 'tasks are open', 'tasks were open', 'backlog of tasks'],
    ],
  ),
  ...measuring(
    ['tasksOverdue'],
    [
      ...['nhiệm vụ quá hạn', 'nhiệm vụ đang quá hạn', 'nhiệm vụ trễ hạn', 'nhiệm vụ chậm', 'số nhiệm vụ quá hạn'],
      ...['overdue task', 'overdue tasks', 'tasks overdue', 'tasks are overdue', 'tasks were overdue'],
      ...['late tasks', 'tasks late', 'tasks are late', 'tasks past due', 'tasks are past due'],
    ],
  ),
  ...measuring(
    ['tasksSettled'],
    [
      ...['nhiệm vụ kết thúc', 'nhiệm vụ hoàn thành', 'nhiệm vụ đã xong', 'nhiệm vụ đã hoàn thành'],
      ...['tasks done', 'tasks settled', 'tasks were settled', 'tasks were done', 'finished tasks'],
    ],
  ),
  ...measuring(
    ['linkVolume', 'linkErrors', 'linkErrorShare'],
    [
      ...[
        'kết nối',
        'kết nối cơ sở dữ liệu',
        'kết nối cơ sở dữ liệu quốc gia',
        'cơ sở dữ liệu',
        'cơ sở dữ liệu quốc gia',
      ],
      ...['link', 'links', 'links to national databases', 'database links', 'national database', 'national databases'],
    ],
  ),
  ...measuring(
    ['linkVolume'],
    [
      ...['lượt kết nối', 'yêu cầu kết nối', 'số yêu cầu kết nối', 'yêu cầu của các kết nối'],
      ...['requests of links', 'link requests', 'requests to national databases', 'link volume'],
    ],
  ),
  ...measuring(
    ['linkErrors'],
    [
      ...['lỗi của các kết nối', 'lỗi kết nối cơ sở dữ liệu', 'số lỗi kết nối', 'yêu cầu lỗi', 'kết nối lỗi'],
      ...['link errors', 'errors over links', 'failed requests'],
    ],
  ),
  ...measuring(
    ['linkErrorShare'],
    [
      ...['tỉ lệ lỗi kết nối', 'tỷ lệ lỗi của các kết nối', 'tỷ lệ lỗi'],
      ...['link error share', 'error share', 'error rate', 'link error rate', 'error rate of links'],
    ],
  ),
  // Whoever waits is known by the dossier that does.
  'người dân chờ': ['backlogOpen'],
  'người dân đang chờ': ['backlogOpen'],
  'người dân chờ quá hạn': ['backlogOverdue'],
  'người dân đang chờ quá hạn': ['backlogOverdue'],
  'citizens wait': ['backlogOpen', 'backlogOverdue'],
  'citizens are waiting': ['backlogOpen', 'backlogOverdue'],
  'citizens wait beyond the date': ['backlogOverdue'],
  'people wait': ['backlogOpen', 'backlogOverdue'],
  'people are waiting': ['backlogOpen', 'backlogOverdue'],
  'people wait beyond the date': ['backlogOverdue'],
};

/** What an index is called before the number of its decision. */
export const INDEX_WORDS: readonly string[] = ['chỉ số', 'bộ chỉ số', 'điểm chỉ số', 'index', 'decision', 'quyết định'];

/** What is counted, whichever measure: beside another measure they name none of their own. */
export const COUNTED_WORDS: readonly string[] = ['hồ sơ', 'số hồ sơ', 'dossiers', 'applications'];

/** What a value is of. */
export const PER_WORDS: Readonly<Record<string, Per>> = {
  'mỗi ngày làm việc': 'working-day',
  'theo ngày làm việc': 'working-day',
  'per working day': 'working-day',
  'a working day': 'working-day',
  'mỗi 1 000 dân': '1000-people',
  'mỗi 1000 dân': '1000-people',
  'mỗi nghìn dân': '1000-people',
  'per 1 000 people': '1000-people',
  'per 1000 people': '1000-people',
  'per thousand people': '1000-people',
};

/** Which rows come first. */
export const ORDER_WORDS: Readonly<Record<Order, readonly string[]>> = {
  largest: ['highest', 'đứng đầu', 'cao nhất', 'nhiều nhất', 'lớn nhất'],
  smallest: ['lowest', 'đứng cuối', 'fewest', 'least', 'thấp nhất', 'ít nhất'],
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
    ...['tăng nhiều nhất', 'tăng nhanh nhất', 'tăng mạnh nhất', 'tăng'],
  ],
  fallen: [
    ...['falling most', 'fell most', 'falling', 'falls', 'fall', 'fell', 'drop', 'dropped', 'dropping', 'shrinking'],
    ...['giảm nhiều nhất', 'giảm nhanh nhất', 'giảm mạnh nhất', 'giảm'],
  ],
};

/** How the curve is cut; before a number such words belong to a time, as in `theo tháng 10`. */
export const GRAIN_WORDS: Readonly<Record<string, 'hour' | 'day' | 'month'>> = {
  'by hour': 'hour',
  'by the hour': 'hour',
  hourly: 'hour',
  'theo giờ': 'hour',
  'by day': 'day',
  'by the day': 'day',
  daily: 'day',
  'theo ngày': 'day',
  'hàng ngày': 'day',
  'hằng ngày': 'day',
  'by month': 'month',
  'by the month': 'month',
  monthly: 'month',
  'theo tháng': 'month',
  'hàng tháng': 'month',
  'hằng tháng': 'month',
};

/** What made the change is asked for. */
export const WHY_WORDS = ['why', 'vì sao', 'tại sao', 'do đâu', 'nguyên nhân'] as const;

/** What a split is called, beside the catalogue's nouns. Before a name of its dimension such a word is a part of the name. */
export const SPLIT_WORDS: Readonly<Record<string, Dimension>> = {
  tỉnh: 'province',
  'tỉnh thành': 'province',
  'thành phố': 'province',
  tp: 'province',
  'địa phương': 'province',
  province: 'province',
  provinces: 'province',
  bộ: 'agency',
  'bộ ngành': 'agency',
  'cơ quan': 'agency',
  ministry: 'agency',
  ministries: 'agency',
  agency: 'agency',
  agencies: 'agency',
  'dịch vụ': 'service',
  'thủ tục': 'service',
  service: 'service',
  services: 'service',
  procedures: 'service',
  kênh: 'channel',
  channel: 'channel',
  channels: 'channel',
  cổng: 'source',
  'cổng gửi': 'source',
  portal: 'source',
  portals: 'source',
};

/** The time that follows is what is compared with. */
export const AGAINST = [
  'so với',
  'so sánh với',
  'compared with',
  'compared to',
  'versus',
  'vs',
  'against',
  'than',
] as const;

/** A comparison by name, with or without one of those before it. */
export const COMPARED: Readonly<Record<string, 'previous' | 'year-before' | 'day-types'>> = {
  'kỳ trước': 'previous',
  'kỳ liền trước': 'previous',
  'previous period': 'previous',
  'period before': 'previous',
  'cùng kỳ': 'year-before',
  'cùng kỳ năm trước': 'year-before',
  'cùng kỳ năm ngoái': 'year-before',
  'same period last year': 'year-before',
  'year before': 'year-before',
  'a year before': 'year-before',
  'ngày cùng loại': 'day-types',
  'cùng loại ngày': 'day-types',
  'theo ngày cùng loại': 'day-types',
  'same kinds of days': 'day-types',
  'same day types': 'day-types',
  'like days': 'day-types',
};

/** Before a time: from its first day to today, or to the time that follows. */
export const SINCE = ['since', 'from', 'từ', 'kể từ'] as const;

/** Between two times: all from the one to the other. */
export const UNTIL = ['đến', 'tới', 'to', 'until', 'through'] as const;

/** They say nothing of their own. */
export const FILLERS: readonly string[] = [
  ...(
    'ở tại của trong cho theo từng các và với là mỗi về nào ai những đã bị thế ra sao có đang làm nhất được gì cái ' +
    'of in for the by per each and with at is what how many much was were show me a an ' +
    'which who whose did does do are has have there most'
  ).split(' '),
  ...['bao nhiêu', 'số liệu', 'như thế nào'],
];

/** What the room knows, and answers no questions about: the page that has it is named. */
export const ELSEWHERE = {
  indicators: '/programmes',
} as const satisfies Readonly<Record<string, PagePath>>;

/** What is asked for often, and is no measure: that is said, and never left out. */
export const UNCOUNTED: Readonly<Record<'people' | 'satisfaction' | keyof typeof ELSEWHERE, readonly string[]>> = {
  indicators: [
    ...['chỉ tiêu', 'chỉ tiêu quá hạn', 'giá trị chỉ tiêu', 'báo cáo chỉ tiêu', 'tiến độ chỉ tiêu', 'chương trình'],
    ...['indicator', 'indicators', 'indicator value', 'indicator values', 'indicators overdue', 'overdue indicators'],
    ...['programme', 'programmes', 'program', 'programs'],
  ],
  people: ['người dân', 'công dân', 'người', 'people', 'citizens', 'persons'],
  satisfaction: [
    ...['hài lòng', 'không hài lòng', 'mức độ hài lòng', 'sự hài lòng', 'tỷ lệ hài lòng', 'tỉ lệ hài lòng'],
    ...['satisfaction', 'satisfied', 'satisfaction rate'],
  ],
};

/** Words and phrases of every day, which stand in long names as well: alone they are no part of one. */
export const ORDINARY: readonly string[] = [
  ...'thay đổi,thông tin,yêu cầu,xử lý,kết quả,đăng ký,giấy tờ,cá nhân,gia đình,lần đầu,nhà nước,chính phủ'.split(','),
  ...'bổ sung,sửa đổi,thủ tục,liên thông,người được,đã được,không được,được cấp,cấp mới,cấp lại,lĩnh vực,thông báo'.split(
    ',',
  ),
  ...'cấp,phát triển,kế hoạch,công dân,người nộp,có được,do thay,của bộ,thủ tục khác,khác của,dịch vụ công'.split(','),
  ...(
    'government information national general development planning resources confirmation exchange payment amendment ' +
    'processing processed requested supplement citizen withdrawal obligation financial procedures declaration temporary ' +
    'permanent certificate ordinary specimen changed details individuals households holders service services public ' +
    'returned accepted stopped submitted registered integrated notification communications natural children contract'
  ).split(' '),
];
