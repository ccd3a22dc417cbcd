import { watch } from 'vue';
import type { Router } from 'vue-router';

const TRY_AFTER = 3_000;

const soon = () => new Promise((resolve) => setTimeout(resolve, TRY_AFTER));

/** The document as the server has it now; undefined where it does not answer. */
async function documentAt(address: string): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { cache: 'no-store' });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the document anew once the server answers: a part of a page that is not there belongs to a build that is gone, or the server is away. */
export async function reloadWhenAnswered(address: string): Promise<void> {
  while ((await documentAt(address)) === undefined) await soon();
  location.assign(address);
}

/** A page whose code cannot be loaded is opened from the server. */
export function reloadLostPages(router: Router): void {
  router.onError((_error, to) => {
    setTimeout(() => void reloadWhenAnswered(to.fullPath), TRY_AFTER);
  });
}

/** Takes the build that `wanted` names, once it is what the server answers with: of several, one may still carry the former. */
export function takeBuilds(wanted: () => string | undefined): void {
  watch(
    wanted,
    async (build, _, onCleanup) => {
      let isWanted = build !== undefined;
      onCleanup(() => {
        isWanted = false;
      });
      while (isWanted) {
        const answered = await documentAt(location.href);
        if (!isWanted) return;
        if (answered?.includes(`"${build}"`)) return location.reload();
        await soon();
      }
    },
    { immediate: true },
  );
}
