/** Essential services, and who leads and lags, as walls show them: few numbers, each as sure as it is. Pure. */
import {
  type CurvePoint,
  type DayCount,
  type Leaders,
  type QueryAnswer,
  type ServicesBoard,
  sureShare,
  type WallEssential,
  type WallLeaders,
  type WallService,
} from '@room/contract';

/** Of a board whose dossiers were counted by day; `isWhole`: of whoever sees all of it. */
export function essentialOnWall(
  board: ServicesBoard,
  counted: Pick<QueryAnswer, 'rows'>,
  isWhole: boolean,
): WallEssential {
  const { lists, services, all } = board;
  const points = new Map(counted.rows.map(({ key: [code = ''], points: days = [] }) => [code, days]));
  const named = services.map((service): WallService => {
    const { id, label, agencies, list, use, deployed, now, counted: code } = service;
    const isKnown = use === 'used' || use === 'unused';
    return {
      id,
      label,
      agencies,
      isSure: lists[list]?.isSure === true,
      use,
      ...(deployed === undefined ? {} : { isDeployed: deployed.isDeployed }),
      ...(isKnown && now !== undefined ? { submitted: now.submitted } : {}),
      ...(isKnown && code !== undefined ? sharesOf([points.get(code) ?? []]) : {}),
    };
  });
  const n = (use: WallService['use']): number => named.filter((service) => service.use === use).length;
  // What two entries are counted by counts once.
  const codes = new Set(services.flatMap(({ counted: code }) => code ?? []));
  return {
    ...(isWhole ? { of: board.of, unnamed: board.unnamed } : {}),
    listedAsOf: board.listedAsOf,
    from: board.from,
    to: board.to,
    ...(board.asOf === undefined ? {} : { asOf: board.asOf }),
    ...(board.coverage === undefined ? {} : { coverage: board.coverage }),
    simulated: board.simulated,
    named: named.length,
    sure: named.filter(({ isSure }) => isSure).length,
    deployed: all.deployed,
    notDeployed: all.notDeployed,
    untold: all.services - all.deployed - all.notDeployed,
    uses: { used: n('used'), unused: n('unused'), unmeasured: n('unmeasured'), unknown: n('unknown') },
    submitted: all.counts.submitted,
    ...sharesOf([...codes].map((code) => points.get(code) ?? [])),
    services: named,
  };
}

/** Of series of days, of which one day is one. */
function sharesOf(series: readonly (readonly CurvePoint[])[]): Pick<WallService, 'online' | 'onTime'> {
  const days = new Map<string, { online: DayCount; onTime: DayCount }>();
  for (const { at, now = {} } of series.flat()) {
    const { submitted = 0, submittedOnline = 0, onTime = 0, late = 0 } = now;
    const day = days.get(at) ?? { online: { part: 0, whole: 0 }, onTime: { part: 0, whole: 0 } };
    days.set(at, {
      online: { part: day.online.part + submittedOnline, whole: day.online.whole + submitted },
      onTime: { part: day.onTime.part + onTime, whole: day.onTime.whole + onTime + late },
    });
  }
  const online = sureShare([...days.values()].map((day) => day.online));
  const onTime = sureShare([...days.values()].map((day) => day.onTime));
  return { ...(online === undefined ? {} : { online }), ...(onTime === undefined ? {} : { onTime }) };
}

/** Of each group only who surely leads or lags, the surest first. */
export function leadersOnWall({ from, to, asOf, coverage, simulated, groups }: Omit<Leaders, 'models'>): WallLeaders {
  return {
    from,
    to,
    ...(asOf === undefined ? {} : { asOf }),
    ...(coverage === undefined ? {} : { coverage }),
    simulated,
    groups: groups.map(({ size, units, value }) => {
      const surely = (side: 'leads' | 'lags') =>
        units.flatMap((unit) =>
          unit.side !== side || unit.value === undefined || unit.low === undefined || unit.high === undefined
            ? []
            : [
                {
                  code: unit.code,
                  value: unit.value,
                  low: unit.low,
                  high: unit.high,
                  ...(unit.change === undefined ? {} : { change: unit.change }),
                },
              ],
        );
      const values = units.flatMap((unit) => unit.value ?? []);
      return {
        size,
        units: units.length,
        ...(value === undefined ? {} : { value }),
        ...(values.length === 0 ? {} : { least: Math.min(...values), most: Math.max(...values) }),
        leads: surely('leads'),
        // The worst first.
        lags: surely('lags').toReversed(),
      };
    }),
  };
}
