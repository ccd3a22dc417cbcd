/** Variables as a value: only a `config.ts` reads the real ones. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A whole number from `least` to `most`, both inclusive; `byDefault` where it is not set. An error names the variable. */
export function integerFrom(
  env: Environment,
  name: string,
  byDefault: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const text = env[name] ?? String(byDefault);
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new Error(`${name} is ${text}; it must be a whole number ${bounds}`);
}
