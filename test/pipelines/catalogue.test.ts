import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  type Catalogue,
  dayTypeOf,
  decode,
  ESSENTIAL,
  type EssentialServices,
  essentialGroup,
  groupLabel,
  type Outcome,
  SUBMISSION_COUNTED,
  ungrouped,
  validOn,
} from '@room/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { catalogue, indicators, map, insets } = await loadCatalogue(DEFAULT_CATALOGUE);
const oldProvinces = catalogue.provinces.filter((unit) => unit.validTo !== undefined);
const newProvinces = catalogue.provinces.filter((unit) => unit.validFrom !== undefined);

interface Features {
  features: { properties: Record<string, unknown>; geometry: { coordinates: unknown } }[];
}
const featuresOf = (text: string | undefined): Features['features'] => (JSON.parse(text ?? '') as Features).features;

const decided = (data: Record<string, unknown>): Outcome =>
  decode(
    {
      value: new TextEncoder().encode(
        JSON.stringify({
          specversion: '1.0',
          type: SUBMISSION_COUNTED,
          source: 'urn:portal:national',
          id: 'one',
          data: { procedure: 'DV03', agency: 'MPS', province: '01', channel: 2, status: 1, count: 1, ...data },
        }),
      ),
      headers: {},
      timestamp: Date.parse('2026-11-22T00:00:00Z'),
    },
    catalogue,
  );

const resolved = (data: Record<string, unknown>): { province: string; agency: string } => {
  const outcome = decided(data);
  if (!outcome.ok || outcome.event.kind !== 'submission') throw new Error(JSON.stringify(outcome));
  return { province: outcome.event.province, agency: outcome.event.agency };
};

describe('the Viet Nam catalogue', () => {
  it('holds 63 and 34 provinces, 17 agencies with 22 predecessors, 25 services and 52 portals', () => {
    expect(oldProvinces).toHaveLength(63);
    expect(newProvinces).toHaveLength(34);
    const agencies = catalogue.agencies.filter((unit) => validOn(unit, '2026-01-01'));
    expect(agencies).toHaveLength(17);
    expect(catalogue.agencies.length - agencies.length).toBe(22);
    expect(catalogue.sources).toHaveLength(52);
    expect(catalogue.services.filter((service) => service.code.startsWith('DV'))).toHaveLength(25);
    expect(catalogue.services.filter((service) => service.leading)).toHaveLength(12);
    for (const agency of agencies)
      expect(catalogue.services.filter((service) => service.code === `OTHER-${agency.id}`)).toHaveLength(1);
  });

  it('names the essential services that are counted as one group, each once, of all that were decided', () => {
    const group = catalogue.groups?.find(({ name }) => name === ESSENTIAL);
    expect(group).toMatchObject({ dimension: 'service', of: 53, label: { en: 'Essential services' } });
    expect(group?.codes).toEqual(
      catalogue.services.filter(({ code }) => code.startsWith('DV')).map(({ code }) => code),
    );
    const given: EssentialServices = {
      of: 4,
      asOf: '2026-11-21',
      title: { vi: 'd', en: 'list' },
      source: { vi: 'n', en: 's' },
      lists: {},
      services: Object.fromEntries(
        ['DV01', 'DV01', undefined].map((counted, n) => [
          `S${n}`,
          {
            label: { vi: 'd', en: 's' },
            list: 'l',
            agencies: ['MPS'],
            ...(counted === undefined ? {} : { counted }),
          },
        ]),
      ),
    };
    // Two entries that are counted by one code count once, and what is not counted is of none.
    const own = essentialGroup(given);
    expect([own.codes, own.of, groupLabel(own).en]).toEqual([['DV01'], 4, 'list (1 of 4 counted)']);
    expect(ungrouped('service', ['DV02', ESSENTIAL, 'DV01'], { groups: [own] })).toEqual(['DV02', 'DV01']);
    expect(ungrouped('agency', [ESSENTIAL], { groups: [own] })).toEqual([ESSENTIAL]);
  });

  it('holds what was published of the programme, each figure with its day and source', () => {
    const told = (id: string): unknown => indicators[id]?.published.map(({ on, value }) => [on, value]);
    const of2023 = (value: number): unknown => [['2023-12-28', value]];
    expect(told('P06-SERVICES')).toEqual(of2023(38));
    expect(indicators['P06-SERVICES']?.of).toBe(53);
    expect(told('NPSP-DOSSIERS')).toEqual(of2023(35_400_000));
    expect(told('NPSP-ACCOUNTS')).toEqual(of2023(11_200_000));
    expect(told('EID-ACCOUNTS')).toEqual(of2023(70_000_000));
    expect(told('VNEID-VEHICLES')).toEqual(of2023(2_200_000));
    expect(told('VNEID-LICENCES')).toEqual(of2023(10_200_000));
    expect(told('VNEID-INSURANCE')).toEqual(of2023(16_800_000));
    expect(told('SIGNAL-DIPS')).toEqual(of2023(2_233));
    expect(indicators['SIGNAL-DIPS']?.of).toBe(2_853);
    expect(told('SECURITY-LEVEL')).toEqual(of2023(0.65));
    expect(told('TRUSTED-SITES')).toEqual(of2023(4_800));
    expect(told('FEE-POLICIES')).toEqual(of2023(50));
    expect(indicators['FEE-POLICIES']?.of).toBe(63);
    expect(told('INTERNET-USERS')).toEqual(of2023(0.8));
    expect(Object.keys(indicators)).toHaveLength(23);
    for (const [id, { owner }] of Object.entries(indicators))
      expect(
        catalogue.agencies.filter((unit) => unit.id === owner.code && unit.validTo === undefined),
        id,
      ).toHaveLength(1);
  });

  it('hands every former unit over to exactly one unit that was valid on the next day', () => {
    for (const units of [catalogue.provinces, catalogue.agencies]) {
      for (const unit of units) {
        if (unit.validTo === undefined) continue;
        const successors = units.filter((other) => unit.successors?.includes(other.id));
        expect(unit.successors, unit.id).toHaveLength(1);
        expect(
          successors.map((other) => validOn(other, addDays(unit.validTo ?? '', 1))),
          unit.id,
        ).toEqual([true]);
      }
    }
    const named = new Set(oldProvinces.flatMap((unit) => unit.successors ?? []));
    expect(named).toEqual(new Set(newProvinces.map((unit) => unit.id)));
  });

  it.each([
    ['15', 'Yên Bái', 'Lào Cai'],
    ['24', 'Bắc Giang', 'Bắc Ninh'],
    ['44', 'Quảng Bình', 'Quảng Trị'],
    ['52', 'Bình Định', 'Gia Lai'],
    ['80', 'Long An', 'Tây Ninh'],
    ['82', 'Tiền Giang', 'Đồng Tháp'],
    ['91', 'Kiên Giang', 'An Giang'],
  ])('reads code %s as %s until 30 June 2025 and as %s from 1 July', (province, before, after) => {
    const nameOf = (occurredAt: string): string | undefined => {
      const id = resolved({ province, occurredAt }).province;
      return catalogue.provinces.find((unit) => unit.id === id)?.label.vi;
    };
    expect(nameOf('2025-06-30T23:59:59+07:00')).toBe(before);
    expect(nameOf('2025-07-01T00:00:00+07:00')).toBe(after);
  });

  it('reads agency codes by date', () => {
    expect(resolved({ agency: 'G04', occurredAt: '2025-02-28T23:59:59+07:00' }).agency).toBe('P-G04');
    expect(resolved({ agency: 'MOC', occurredAt: '2025-03-01T00:00:00+07:00' }).agency).toBe('MOC');
    expect(decided({ agency: 'G04', occurredAt: '2025-03-01T00:00:00+07:00' })).toMatchObject({
      ok: false,
      code: 'code_not_valid',
    });
  });

  it('draws every province of today and no other', () => {
    const drawn = featuresOf(map).map((feature) => feature.properties['code']);
    expect(drawn.toSorted()).toEqual(newProvinces.map((unit) => unit.mapCode).toSorted());
    expect(oldProvinces.every((unit) => unit.mapCode === undefined)).toBe(true);
  });

  it('draws every province of the earlier map, by the codes of then', async () => {
    const { earlierMaps } = await loadCatalogue(DEFAULT_CATALOGUE);
    expect(Object.keys(earlierMaps)).toEqual(['2025-06-30']);
    const drawn = featuresOf(earlierMaps['2025-06-30']).map((feature) => feature.properties['code']);
    expect(drawn.toSorted()).toEqual(oldProvinces.map((unit) => unit.code).toSorted());
  });

  it('draws both archipelagos as insets of units of today', () => {
    const ids = catalogue.map?.insets.map((inset) => inset.id);
    expect(ids).toEqual(['hoang-sa', 'truong-sa']);
    expect(featuresOf(insets).map((feature) => feature.properties['id'])).toEqual(ids);
    for (const inset of catalogue.map?.insets ?? []) {
      expect(newProvinces.map((unit) => unit.id)).toContain(inset.unit);
      const [west, south, east, north] = inset.bbox;
      const feature = featuresOf(insets).find(({ properties }) => properties['id'] === inset.id);
      const numbers = [feature?.geometry.coordinates].flat(5) as number[];
      expect(numbers.length).toBeGreaterThan(100);
      for (let at = 0; at < numbers.length; at += 2) {
        expect((numbers[at] ?? 0) >= west - 0.01 && (numbers[at] ?? 0) <= east + 0.01).toBe(true);
        expect((numbers[at + 1] ?? 0) >= south - 0.01 && (numbers[at + 1] ?? 0) <= north + 0.01).toBe(true);
      }
    }
  });

  it.each([
    [2024, 251],
    [2025, 250],
    [2026, 249],
  ])('knows the working days of %i', (year, expected) => {
    let working = 0;
    for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1))
      if (dayTypeOf(catalogue.calendar, day) === 'working') working += 1;
    expect(working).toBe(expected);
  });

  it('knows the new day off, the worked Saturday and where it ends', () => {
    expect(dayTypeOf(catalogue.calendar, '2026-11-24')).toBe('holiday');
    expect(dayTypeOf(catalogue.calendar, '2026-08-22')).toBe('working');
    expect(dayTypeOf(catalogue.calendar, '2028-01-03')).toBeUndefined();
  });

  it('says from where on the room speaks up', () => {
    expect(catalogue.thresholds).toEqual({
      onTimeAct: 0.9,
      onTimeWatch: 0.95,
      onTimeMargin: 0.005,
      finishedEnough: 30,
      countEnough: 30,
      usualDaysEnough: 5,
      beyondUsual: 0.02,
      farFromUsual: 0.2,
      usualMargin: 0.25,
      coverageEnough: 0.9,
      coverageMargin: 0.01,
      staleAfter: 60,
      unusualNotable: 100,
      likely: 0.8,
      unlikely: 0.2,
      almostCertain: 0.95,
      veryUnlikely: 0.05,
      forecastsStaleAfter: 10_800,
      linkErrors: 0.05,
      pendingNotable: 100,
      paceAfter: 600,
    });
  });

  it('keeps short labels short', () => {
    for (const service of catalogue.services) {
      expect(service.short?.vi.length, service.code).toBeLessThanOrEqual(30);
      expect(service.short?.en.length, service.code).toBeLessThanOrEqual(30);
    }
  });
});

describe('loading a catalogue', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const { map: _map, ...plain } = catalogue;
  const load = async (content: unknown): Promise<Catalogue> => {
    await writeFile(
      join(folder, 'catalogue.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
      'utf8',
    );
    return (await loadCatalogue(folder)).catalogue;
  };

  it('names the file and the field that is wrong', async () => {
    const broken = { ...plain, sources: [{ ...plain.sources[0], lateAfter: 'soon' }] };
    await expect(load(broken)).rejects.toThrow(/catalogue\.json: sources\.0\.lateAfter: .*number/);
    await expect(load({ ...plain, extra: 1 })).rejects.toThrow(/catalogue\.json.*extra/);
    await expect(load('{')).rejects.toThrow(/catalogue\.json is not JSON/);
    await expect(loadCatalogue(join(folder, 'nowhere'))).rejects.toThrow(/cannot read .*nowhere.catalogue\.json/);
  });

  it('refuses two owners of one code at a time', async () => {
    const rival = { id: 'rival', code: '15', label: { vi: 'x', en: 'x' }, validFrom: '2025-06-30' };
    await expect(load({ ...plain, provinces: [...plain.provinces, rival] })).rejects.toThrow(
      /provinces: code 15 belongs to .* and .* at the same time/,
    );
  });

  it('refuses an id that stands twice and a service without its agency', async () => {
    const [first] = plain.agencies;
    await expect(load({ ...plain, agencies: [...plain.agencies, { ...first, code: 'other' }] })).rejects.toThrow(
      /agencies: id MND stands twice/,
    );
    const stray = { ...plain.services[0], code: 'STRAY', agency: 'nobody' };
    await expect(load({ ...plain, services: [...plain.services, stray] })).rejects.toThrow(
      /STRAY names the unknown agency nobody/,
    );
  });

  it('refuses a portal, an inset or a successor of a unit that does not exist', async () => {
    const [source] = plain.sources;
    await expect(load({ ...plain, sources: [{ ...source, unit: '34-99' }] })).rejects.toThrow(
      /sources: urn:portal:national names the unknown unit 34-99/,
    );
    const [province] = plain.provinces;
    await expect(load({ ...plain, provinces: [{ ...province, successors: ['34-99'] }] })).rejects.toThrow(
      /34-01 names the unknown unit 34-99/,
    );
  });

  it('refuses a time zone that does not exist', async () => {
    await expect(load({ ...plain, timeZone: 'Asia/Hanoi' })).rejects.toThrow(
      /timeZone: Asia\/Hanoi is not a time zone/,
    );
  });

  it('takes thresholds from a file of their own, which changes no hash, else from the catalogue, else the usual ones', async () => {
    const { thresholds, ...rest } = plain;
    expect((await load(rest)).thresholds).toEqual(thresholds);
    expect((await load({ ...rest, thresholds: { onTimeAct: 0.5 } })).thresholds).toEqual({
      ...thresholds,
      onTimeAct: 0.5,
    });
    const { hash } = await loadCatalogue(folder);
    const file = join(folder, 'thresholds.json');
    await writeFile(file, JSON.stringify({ onTimeAct: 0.7 }), 'utf8');
    expect(await loadCatalogue(folder)).toMatchObject({
      hash,
      catalogue: { thresholds: { ...thresholds, onTimeAct: 0.7 } },
    });
    for (const [wrong, why] of [
      [{ onTimeAct: 0.96 }, /thresholds\.json: onTimeAct: must not be above/],
      [{ likely: 0.1 }, /thresholds\.json: likely: .*order/],
      [{ unusual: 5 }, /thresholds\.json: .*unusual/],
    ] as const) {
      await writeFile(file, JSON.stringify(wrong), 'utf8');
      await expect(loadCatalogue(folder)).rejects.toThrow(why);
    }
    await rm(file);
  });

  it('gives another hash to another content', async () => {
    await load(plain);
    const before = (await loadCatalogue(folder)).hash;
    await load({ ...plain, id: 'other' });
    expect((await loadCatalogue(folder)).hash).not.toBe(before);
  });
});
