/** A small made-up room: two offices, two places, three portals. */
import {
  type Catalogue,
  type Episode,
  type Forecasts,
  type Measures,
  thresholdsSchema,
  type WallState,
} from '@room/contract';

const label = (name: string) => ({ vi: name, en: name });

export const catalogue: Catalogue = {
  id: 'small',
  title: label('Small'),
  timeZone: 'Asia/Ho_Chi_Minh',
  agencyNoun: label('Office'),
  provinceNoun: label('Place'),
  channels: [
    { code: 1, label: label('HealthEndpoint'), online: false },
    { code: 2, label: label('Net'), online: true },
  ],
  statuses: [
    { code: 1, label: label('In'), entry: true, finishes: false },
    { code: 9, label: label('Done'), entry: false, finishes: true },
  ],
  databases: [],
  telecoms: [],
  reporters: [],
  links: [],
  agencies: [
    { id: 'A', code: 'A', label: label('Office A'), short: label('A') },
    { id: 'B', code: 'B', label: label('Office B') },
    { id: 'old', code: 'O', label: label('Old office'), validTo: '2020-12-31' },
  ],
  provinces: [
    { id: 'N', code: '1', label: label('North'), mapCode: '1' },
    { id: 'S', code: '2', label: label('South'), mapCode: '2' },
  ],
  services: [
    { code: 's1', label: label('One'), agency: 'A', leading: true },
    { code: 's2', label: label('Two'), agency: 'B', leading: false },
  ],
  groups: [
    {
      dimension: 'service',
      name: 'essential',
      label: { vi: 'Dịch vụ thiết yếu', en: 'Essential services' },
      codes: ['s1'],
      of: 53,
    },
  ],
  sources: [
    { id: 'urn:a', label: label('Portal of A'), lateAfter: 30, silentAfter: 300 },
    { id: 'urn:n', label: label('Portal of North'), unit: 'N', lateAfter: 120, silentAfter: 600 },
    { id: 'urn:s', label: label('Portal of South'), unit: 'S', lateAfter: 120, silentAfter: 600 },
  ],
  calendar: { weeklyRest: [6, 7], daysOff: [], worked: [], from: '2026-01-01', to: '2026-12-31' },
  thresholds: thresholdsSchema.parse({}),
  provenance: [],
};

export const measures = (some: Partial<Measures> = {}): Measures => ({
  submitted: 0,
  submittedOnline: 0,
  onTime: 0,
  late: 0,
  ...some,
});

/** Thursday 19 November 2026, 10:42:09 in the catalogue's zone. */
export const NOW = Date.parse('2026-11-19T10:42:09+07:00');

export const state = (some: Partial<WallState> = {}): WallState => ({
  period: { from: '2026-11-19', to: '2026-11-19' },
  kind: 'now',
  dayType: 'working',
  computedAt: NOW,
  simulated: false,
  events: 57_802,
  total: measures({ submitted: 57_802 }),
  coverage: { asOf: NOW - 2_000, share: 0.996 },
  hours: {},
  minutes: {},
  days: {},
  provinces: {},
  agencies: {},
  services: {},
  channels: {},
  statuses: {},
  sources: {
    'urn:a': { status: 'reporting', reportedTo: NOW - 2_000, weight: 0.5 },
    'urn:n': { status: 'reporting', reportedTo: NOW - 2_000, weight: 0.3 },
    'urn:s': { status: 'reporting', reportedTo: NOW - 2_000, weight: 0.2 },
  },
  lateChanges: {},
  pipeline: { pending: 0, quarantined: 0 },
  ...some,
});

export const forecasts = (some: Partial<Forecasts> = {}): Forecasts => ({
  madeAt: NOW - 600_000,
  knownTo: NOW - 660_000,
  hours: {},
  projections: {},
  targets: [],
  episodes: [],
  ...some,
});

/** North has been above what was expected since 09:00 of that day. */
export const episode = (some: Partial<Episode> = {}): Episode => ({
  id: 'e1',
  kind: 'surge',
  dim: 'province',
  code: 'N',
  metric: 'submitted',
  onset: Date.parse('2026-11-19T09:00:00+07:00'),
  observed: 1_670,
  expected: 1_000,
  score: 7.2,
  drivers: [{ dim: 'service', code: 's1', share: 0.81 }],
  ...some,
});
