/** What is chosen on a page stands in its address, so that whoever is sent it, or comes back to it, sees the same. */
import { computed, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { oneOf } from './addresses.ts';

interface Chosen {
  /** One of what is known then; the first where the address says none, or one that is not. */
  one: <T extends string>(name: string, known: () => readonly T[]) => WritableComputedRef<T>;
  /** A text of that shape; empty where the address says none, or one of another shape. */
  text: (name: string, shape: RegExp) => WritableComputedRef<string>;
}

export const DAY_SHAPE = /^\d{4}-\d{2}-\d{2}$/;

export function useChosen(): Chosen {
  const [route, router] = [useRoute(), useRouter()];
  const put = (name: string, value: string | undefined): void => {
    const { [name]: _before, ...query } = route.query;
    void router.replace({ query: value === undefined ? query : { ...query, [name]: value } });
  };
  return {
    one: (name, known) =>
      computed({
        get: () =>
          known().find((one) => one === oneOf(route.query, name)) ?? (known()[0] as ReturnType<typeof known>[number]),
        set: (value) => put(name, value),
      }),
    text: (name, shape) =>
      computed({
        get: () => {
          const said = oneOf(route.query, name) ?? '';
          return shape.test(said) ? said : '';
        },
        set: (value) => put(name, value === '' ? undefined : value),
      }),
  };
}
