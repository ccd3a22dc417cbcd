/** The scenes and the wall that a new room begins with: the room's own from then on. */
import type { Catalogue, Scene, WallGroup } from '@room/contract';

const WHOLE = { column: 1, row: 1, width: 12, height: 8 } as const;

export function shippedScenes({ agencies }: Pick<Catalogue, 'agencies'>): Readonly<Record<string, Scene>> {
  const focus = agencies.find(({ validTo }) => validTo === undefined);
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
    'day-so-far': {
      name: { vi: 'Hôm nay đến lúc này, và ngày mai', en: 'Today so far, and tomorrow' },
      tiles: [
        { kind: 'day-so-far', column: 1, row: 1, width: 12, height: 4 },
        { kind: 'waiting', column: 1, row: 5, width: 7, height: 4 },
        { kind: 'alerts', column: 8, row: 5, width: 5, height: 4 },
      ],
    },
  };
}

export const SHIPPED_WALLS: Readonly<Record<string, WallGroup>> = {
  main: {
    name: 'Phòng họp · Meeting room',
    screens: [],
    turns: [
      { scene: 'pulse', seconds: 60, when: 'day' },
      { scene: 'ministries', seconds: 30, when: 'day' },
      { scene: 'waiting', seconds: 30, when: 'day' },
      { scene: 'provinces', seconds: 30, when: 'day' },
      { scene: 'alerts', seconds: 20, when: 'day' },
      { scene: 'day-so-far', seconds: 60, when: 'quiet' },
      { scene: 'waiting', seconds: 30, when: 'quiet' },
    ],
    day: { from: 6, to: 20 },
    jump: { scene: 'alerts', seconds: 60 },
    scale: 1,
  },
};
