/** What an identity provider's claims are worth here: rules in a file of the operator's. Who fits none of them is not let in. */
import { readFileSync } from 'node:fs';
import {
  type Catalogue,
  localDay,
  type Person,
  RIGHTS,
  type ScopeGrant,
  scopeOf,
  type Unit,
  validOn,
} from '@room/contract';
import { z } from 'zod';

/** What the provider says of somebody. */
export type Claims = Readonly<Record<string, unknown>>;

const name = z.string().min(1).max(500);
const unitsSchema = z.union([z.array(name).max(1_000), z.strictObject({ claim: name })]).default([]);
const ruleSchema = z.strictObject({
  /** By claim what it is, or has among others, one of several where they are a list; all of them are to fit. */
  when: z
    .record(name, z.union([name, z.array(name).min(1)]))
    .refine((when) => Object.keys(when).length > 0, 'name a claim at least: a rule without one would fit everybody'),
  rights: z.array(z.enum(RIGHTS)).max(RIGHTS.length),
  scope: z.union([z.literal('all'), z.strictObject({ agencies: unitsSchema, provinces: unitsSchema })]),
});
const mappingSchema = z.array(ruleSchema).min(1, 'write one rule at least: without one nobody could sign in');
export type Mapping = z.infer<typeof mappingSchema>;

/** Throws naming the setting, the file, and what of it is wrong. */
export function readMapping(file: string): Mapping {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(
      `OIDC_MAPPING is ${file}, which cannot be read (${(cause as Error).message}); write the rules there as JSON`,
      { cause },
    );
  }
  const found = mappingSchema.safeParse(given);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const at = issue?.path.join('.') ?? '';
  throw new Error(
    `OIDC_MAPPING is ${file}: ${at === '' ? '' : `${at}: `}${issue?.message ?? 'it is no list of rules'}`,
  );
}

/** Throws where a rule names a unit that the catalogue does not have. */
export function assertUnits(mapping: Mapping, catalogue: Catalogue): void {
  for (const [at, { scope }] of mapping.entries()) {
    if (scope === 'all') continue;
    const named = (units: z.infer<typeof unitsSchema>): string[] => (Array.isArray(units) ? units : []);
    try {
      scopeOf({ agencies: named(scope.agencies), provinces: named(scope.provinces) }, catalogue);
    } catch (error) {
      throw new Error(`OIDC_MAPPING: ${at}.scope: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** The first rule that fits decides; undefined where none does. Units of a claim that the catalogue does not know are left out. */
export function grantOf(
  mapping: Mapping,
  claims: Claims,
  catalogue: Catalogue,
): Pick<Person, 'rights' | 'scope'> | undefined {
  const rule = mapping.find(({ when }) =>
    Object.entries(when).every(([claim, wanted]) => {
      const given = valuesOf(claims, claim);
      return [wanted].flat().some((value) => given.includes(value));
    }),
  );
  if (rule === undefined) return undefined;
  const { rights, scope } = rule;
  return { rights, scope: scope === 'all' ? 'all' : grantedUnits(scope, claims, catalogue) };
}

type Units = Exclude<Mapping[number]['scope'], 'all'>;

function grantedUnits({ agencies, provinces }: Units, claims: Claims, catalogue: Catalogue): ScopeGrant {
  const today = localDay(Date.now(), catalogue.timeZone);
  const idsOf = (given: Units['agencies'], known: readonly Unit[]): string[] => {
    if (Array.isArray(given)) return given;
    const found = valuesOf(claims, given.claim).map(
      (value) => known.find(({ id }) => id === value) ?? known.find((it) => it.code === value && validOn(it, today)),
    );
    return [...new Set(found.flatMap((unit) => (unit === undefined ? [] : [unit.id])))];
  };
  return { agencies: idsOf(agencies, catalogue.agencies), provinces: idsOf(provinces, catalogue.provinces) };
}

/** A claim's values as texts. Names may hold dots themselves, or say a way into what is nested, as `realm_access.roles`. */
function valuesOf(claims: Claims, path: string): string[] {
  const value = own(claims, path) ?? path.split('.').reduce<unknown>(own, claims);
  return [value].flat().flatMap((each) => {
    if (typeof each === 'string') return [each];
    return typeof each === 'number' || typeof each === 'boolean' ? [String(each)] : [];
  });
}

const own = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined;
