import type { Catalogue } from '@room/contract';
import type { Places } from '../charts/places.ts';

/** What the page must know before it can name anything. */
export interface Reference {
  catalogue: Catalogue;
  /** Absent where the deployment has no map. */
  map?: Places;
  insets?: Places;
}

const TRY_AGAIN_AFTER = 3_000;

async function get<T>(path: string): Promise<T | undefined> {
  const response = await fetch(path);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json() as Promise<T>;
}

async function attempt(): Promise<Reference> {
  const catalogue = await get<Catalogue>('/v1/catalogue');
  if (catalogue === undefined) throw new Error('no catalogue');
  if (catalogue.map === undefined) return { catalogue };
  const [map, insets] = await Promise.all([get<Places>('/v1/catalogue/map'), get<Places>('/v1/catalogue/insets')]);
  return { catalogue, ...(map === undefined ? {} : { map }), ...(insets === undefined ? {} : { insets }) };
}

/** Asks until the server answers: a wall that starts before the server must come up by itself. */
export async function loadReference(): Promise<Reference> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_AFTER));
    }
  }
}
