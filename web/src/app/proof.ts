/** From a number of a wall, a past period or a forecast to what it is made of: an address made of what the state has. */
import { type Period, type Place, placeText, type Session, type WallState } from '@room/contract';
import { computed, provide } from 'vue';
import { useRoute } from 'vue-router';
import { useSession } from '../stores/session.ts';
import { type Address, type Query, toExplore } from './addresses.ts';
import { PROOF, type ProofOf } from './proving.ts';

/** To what the number of a place in a period is made of. */
function toEvidence(query: Query, period: Period, place: Place): Address {
  const { path, query: asked } = toExplore(query, period);
  return { path, query: { ...asked, compare: 'none', evidence: placeText(place) } };
}

/** Pure. Undefined where nothing is known, or it is not for them. */
export function proofIn(
  { period, events, pipeline }: Pick<WallState, 'period' | 'events' | 'pipeline'>,
  session: Pick<Session, 'rights' | 'scope'> | undefined,
  query: Query,
  ...[measure, shown, { member, at, isNow = false, period: own = period } = {}]: ProofOf
): Address | undefined {
  if (shown === undefined || events === 0 || session?.rights.includes('analyse') !== true) return undefined;
  const { scope } = session;
  // Of what is not one's own only the sum is shown, and not what it is made of.
  if (scope !== 'all') {
    const owned: Record<string, readonly string[]> = { agency: scope.agencies, province: scope.provinces };
    if (member === undefined || owned[member[0]]?.includes(member[1]) !== true) return undefined;
  }
  const asOf = isNow ? undefined : pipeline.receivedAt;
  return toEvidence(query, own, {
    measure,
    side: 'now',
    ...(isNow ? {} : { shown }),
    ...(member === undefined ? {} : { member: { dimension: member[0], code: member[1] } }),
    ...(at === undefined ? {} : { at }),
    ...(asOf === undefined ? {} : { asOf }),
  });
}

/** The numbers within lead to their evidence. */
export function provideProof(state: () => WallState | undefined): void {
  const route = useRoute();
  const who = useSession();
  provide(
    PROOF,
    computed(() => {
      const shown = state();
      return shown && ((...of: ProofOf) => proofIn(shown, who.session, route.query, ...of));
    }),
  );
}
