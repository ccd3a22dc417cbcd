/** What ministries said of their essential services, made up: most deployed, some not, some not reported. Pure and seeded. */
import { addDays, type Deployment, type EssentialServices } from '@room/contract';
import { fixed } from './random.ts';

/** As many as were deployed of those that were decided, in December 2023. */
const DEPLOYED = 38 / 53;
const UNTOLD = 0.1;

export function deploymentsOf(essential: EssentialServices | undefined): Record<string, Deployment> {
  const evidence = { text: 'Báo cáo mô phỏng / simulated report' };
  return Object.fromEntries(
    Object.keys(essential?.services ?? {}).flatMap((id): [string, Deployment][] => {
      if (fixed(`${id} told`) < UNTOLD) return [];
      const isDeployed = fixed(`${id} deployed`) < DEPLOYED;
      const since = addDays('2022-02-01', Math.floor(fixed(`${id} since`) * 690));
      return [[id, { isDeployed, ...(isDeployed ? { since } : {}), evidence }]];
    }),
  );
}
