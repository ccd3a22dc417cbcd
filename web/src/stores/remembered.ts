import { type Ref, ref, watch } from 'vue';

/** A choice kept on this device; what the address says when the page opens wins over what was kept. A wall may forbid storage: then it forgets. */
export function remembered<T extends string>(name: string, allowed: readonly T[], fallback: T): Ref<T> {
  const known = (value: string | null): T | undefined => allowed.find((one) => one === value);
  const value = ref(known(new URLSearchParams(location.search).get(name)) ?? known(read(name)) ?? fallback) as Ref<T>;
  watch(value, (chosen) => write(name, chosen));
  return value;
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {}
}
