import { type Catalogue, type Outlines, SCREEN, SIGN_IN } from '@room/contract';
import { ask, RequestFailed } from '../app/client.ts';

/** What the page must know before it can name anything. */
export interface Reference {
  catalogue: Catalogue;
  /** Absent where the deployment has no map. */
  map?: Outlines;
  insets?: Outlines;
}

const TRY_AGAIN_AFTER = 3_000;

/** Undefined where the deployment has none, or for whoever has pages without one only. */
async function places(path: '/v1/catalogue/map' | '/v1/catalogue/insets'): Promise<Outlines | undefined> {
  try {
    return await (path === '/v1/catalogue/map' ? ask(path, { query: {} }) : ask(path, {}));
  } catch (error) {
    if (error instanceof RequestFailed && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

async function attempt(): Promise<Reference> {
  const catalogue = await ask('/v1/catalogue', {});
  if (catalogue.map === undefined) return { catalogue };
  const [map, insets] = await Promise.all([places('/v1/catalogue/map'), places('/v1/catalogue/insets')]);
  return { catalogue, ...(map === undefined ? {} : { map }), ...(insets === undefined ? {} : { insets }) };
}

/** Nobody is shown anything before they said who they are: a person by signing in, a wall display by its code. */
async function askWho(): Promise<void> {
  const { isUnpaired } = await ask('/v1/session', {});
  location.replace(`${isUnpaired === true ? SCREEN : SIGN_IN}${location.search}`);
}

/** Asks until the server answers: a wall that starts before the server must come up by itself. */
export async function loadReference(): Promise<Reference> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof RequestFailed && (error.status === 401 || error.status === 403))
        await askWho().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_AFTER));
    }
  }
}
