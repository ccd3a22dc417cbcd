/** The scenes and the wall that a new room begins with: the room's own from then on. */
import type { Catalogue, Scene, WallGroup } from '@room/contract';

const WHOLE = { column: 1, row: 1, width: 12, height: 8 } as const;

/** What a catalogue has beside its units. */
export interface Shipped {
  hasIndex: boolean;
  hasEssential: boolean;
}

export function shippedScenes(
  { agencies, provinces }: Pick<Catalogue, 'agencies' | 'provinces'>,
  { hasIndex, hasEssential }: Shipped,
): Readonly<Record<string, Scene>> {
  const [focus, place] = [agencies, provinces].map((units) => units.find(({ validTo }) => validTo === undefined));
  return {
    pulse: { name: { vi: 'Nhịp cả nước', en: 'National pulse' }, tiles: [{ kind: 'pulse', ...WHOLE }] },
    ministries: {
      name: { vi: 'Giải quyết đúng hạn theo bộ, ngành', en: 'On time by ministry' },
      tiles: [{ kind: 'on-time', by: 'agency', days: 30, ...WHOLE }],
    },
    provinces: {
      name: { vi: 'Các tỉnh, thành phố hôm nay', en: 'Provinces today' },
      tiles: [{ kind: 'units', by: 'province', ...WHOLE }],
    },
    late: {
      name: { vi: 'Nơi nào trả kết quả trễ', en: 'Which province serves late' },
      tiles: [
        { kind: 'on-time', by: 'province', days: 30, column: 1, row: 1, width: 7, height: 8 },
        { kind: 'late-map', column: 8, row: 1, width: 5, height: 8 },
      ],
    },
    services: {
      name: { vi: 'Dịch vụ thiết yếu: giải quyết đúng hạn', en: 'Essential services: on time' },
      tiles: [{ kind: 'on-time', by: 'service', days: 30, ...WHOLE }],
    },
    programmes: {
      name: { vi: 'Chương trình và mục tiêu', en: 'Programmes and targets' },
      tiles: [{ kind: 'programmes', ...WHOLE }],
    },
    tasks: {
      name: { vi: 'Nhiệm vụ và chỉ đạo: ai còn nợ việc gì', en: 'Tasks and directives: who owes what' },
      tiles: [{ kind: 'tasks', ...WHOLE }],
    },
    ...(hasEssential
      ? {
          essential: {
            name: { vi: 'Dịch vụ công thiết yếu', en: 'Essential services' },
            tiles: [{ kind: 'essential', ...WHOLE }],
          } satisfies Scene,
        }
      : {}),
    ...(hasIndex
      ? {
          'service-index': {
            name: { vi: 'Chất lượng phục vụ của các tỉnh, thành phố', en: 'Quality of service of the provinces' },
            tiles: [{ kind: 'service-index', by: 'province', span: 'quarter', ...WHOLE }],
          } satisfies Scene,
          'service-index-ministries': {
            name: { vi: 'Chất lượng phục vụ của các bộ, ngành', en: 'Quality of service of the ministries' },
            tiles: [{ kind: 'service-index', by: 'agency', span: 'quarter', ...WHOLE }],
          } satisfies Scene,
        }
      : {}),
    leaders: {
      name: { vi: 'Nơi dẫn đầu và nơi chậm', en: 'Who leads and who lags' },
      tiles: [
        { kind: 'leaders', by: 'province', measure: 'shareOnTime', column: 1, row: 1, width: 6, height: 8 },
        { kind: 'leaders', by: 'province', measure: 'shareOnline', column: 7, row: 1, width: 6, height: 8 },
      ],
    },
    waiting: {
      name: { vi: 'Ai đang chờ quá hạn', en: 'Who waits beyond the date' },
      tiles: [
        { kind: 'waiting', column: 1, row: 1, width: 7, height: 4 },
        { kind: 'waiting-units', by: 'agency', column: 1, row: 5, width: 7, height: 4 },
        { kind: 'waiting-map', column: 8, row: 1, width: 5, height: 8 },
      ],
    },
    alerts: {
      name: { vi: 'Cảnh báo và điều chưa rõ', en: 'Alerts, and what is unknown' },
      tiles: [{ kind: 'alerts', ...WHOLE }],
    },
    databases: {
      name: { vi: 'Kết nối với cơ sở dữ liệu quốc gia', en: 'Links to national databases' },
      tiles: [{ kind: 'databases', ...WHOLE }],
    },
    ...(focus === undefined
      ? {}
      : {
          focus: {
            name: { vi: 'Một bộ, ngành', en: 'One ministry in focus' },
            tiles: [
              { kind: 'unit', by: 'agency', id: focus.id, column: 1, row: 1, width: 12, height: 4 },
              { kind: 'waiting-units', by: 'agency', column: 1, row: 5, width: 7, height: 4 },
              { kind: 'alerts', column: 8, row: 5, width: 5, height: 4 },
            ],
          } satisfies Scene,
        }),
    ...(place === undefined
      ? {}
      : {
          'focus-province': {
            name: { vi: 'Một tỉnh, thành phố', en: 'One province in focus' },
            tiles: [
              { kind: 'unit', by: 'province', id: place.id, column: 1, row: 1, width: 12, height: 4 },
              { kind: 'waiting-units', by: 'province', column: 1, row: 5, width: 7, height: 4 },
              { kind: 'alerts', column: 8, row: 5, width: 5, height: 4 },
            ],
          } satisfies Scene,
        }),
    'day-so-far': {
      name: { vi: 'Hôm nay và ngày mai', en: 'Today and tomorrow' },
      tiles: [
        { kind: 'day-so-far', column: 1, row: 1, width: 12, height: 4 },
        { kind: 'waiting', column: 1, row: 5, width: 7, height: 4 },
        { kind: 'alerts', column: 8, row: 5, width: 5, height: 4 },
      ],
    },
  };
}

/** Of a day a round stays within five minutes: what moves from one day to the next at most is shown where somebody orders it. */
export const shippedWalls = ({ hasIndex, hasEssential }: Shipped): Readonly<Record<string, WallGroup>> => ({
  main: {
    name: 'Phòng họp · Meeting room',
    screens: [],
    turns: [
      { scene: 'pulse', seconds: 60, when: 'day' },
      { scene: 'ministries', seconds: 30, when: 'day' },
      { scene: 'waiting', seconds: 30, when: 'day' },
      { scene: 'late', seconds: 30, when: 'day' },
      { scene: 'provinces', seconds: 30, when: 'day' },
      { scene: hasEssential ? 'essential' : 'services', seconds: 20, when: 'day' },
      { scene: 'programmes', seconds: 30, when: 'day' },
      { scene: 'tasks', seconds: 30, when: 'day' },
      ...(hasIndex ? [{ scene: 'service-index', seconds: 20, when: 'day' } as const] : []),
      { scene: 'alerts', seconds: 20, when: 'day' },
      { scene: 'day-so-far', seconds: 60, when: 'quiet' },
      { scene: 'waiting', seconds: 30, when: 'quiet' },
    ],
    day: { from: 6, to: 20 },
    jump: { scene: 'alerts', seconds: 60 },
    scale: 1,
  },
});
