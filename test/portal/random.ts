/** A small seeded generator: the same words give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  poisson(mean: number): number;
  exponential(mean: number): number;
  /** `mean` on average, always one of its two neighbouring integers. */
  round(mean: number): number;
}

/** 32-bit hash of a text (FNV-1a with a final mix). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Uniform in [0, 1), fixed by `text`. */
export const fixed = (text: string): number => randomOf(text).next();

export function randomOf(text: string): Random {
  // Small fast counter (sfc32), seeded by three hashes of the text.
  let a = hashOf(`${text}|a`);
  let b = hashOf(`${text}|b`);
  let c = hashOf(`${text}|c`);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let at = 0; at < 12; at += 1) next();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    round: (mean) => Math.floor(mean + next()),
    poisson(mean) {
      if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count += 1;
      return count;
    },
  };
}
