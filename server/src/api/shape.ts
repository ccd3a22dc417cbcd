/** A schema for a type of the contract: to leave a member out, or to take it for something else, is an error of types. */
import { z } from 'zod';

/** What may be left out may be undefined for zod. */
type Lenient<T> = T extends object ? { [Name in keyof T]: ShapeMember<T, Name> } : T;
type ShapeMember<T, Name extends keyof T> = Lenient<T[Name]> | (object extends Pick<T, Name> ? undefined : never);
type ShapeMembers<T> = { [Name in keyof T]-?: z.ZodType<ShapeMember<T, Name>> };

export const shapeOf =
  <T extends object>() =>
  <S extends ShapeMembers<T>>(members: S): z.ZodObject<S, z.core.$strict> =>
    z.strictObject(members);
