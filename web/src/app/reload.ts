import type { Router } from 'vue-router';

const TRY_AFTER = 3_000;

/** Loads the document anew once the server answers: a part of a page that is not there belongs to a build that is gone, or the server is away. */
export async function reloadWhenAnswered(address: string): Promise<void> {
  for (;;) {
    const answer = await fetch(address, { cache: 'no-store' }).catch(() => undefined);
    if (answer?.ok === true) return location.assign(address);
    await new Promise((resolve) => setTimeout(resolve, TRY_AFTER));
  }
}

/** A page whose code cannot be loaded is opened from the server. */
export function reloadLostPages(router: Router): void {
  router.onError((_error, to) => {
    setTimeout(() => void reloadWhenAnswered(to.fullPath), TRY_AFTER);
  });
}
