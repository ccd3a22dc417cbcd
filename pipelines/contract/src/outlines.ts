/** Outlines of units, as GeoJSON: degrees, of longitude before latitude. */
import { z } from 'zod';
import { absentOr } from './schema.ts';

const pointSchema = z.tuple([z.number(), z.number()]).readonly();
const ringSchema = z.array(pointSchema).readonly();
const polygonSchema = z.array(ringSchema).readonly();

const outlineSchema = z.looseObject({
  type: z.literal('Feature'),
  properties: z.looseObject({
    /** A unit's code on the map, or the id of an inset. */
    code: absentOr(z.string()),
    id: absentOr(z.string()),
    /** Where its name stands. */
    cp: absentOr(pointSchema),
  }),
  geometry: z.discriminatedUnion('type', [
    z.object({ type: z.literal('Polygon'), coordinates: polygonSchema }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(polygonSchema).readonly() }),
  ]),
});
export const outlinesSchema = z.looseObject({
  type: z.literal('FeatureCollection'),
  features: z.array(outlineSchema).readonly(),
});

export type Point = z.infer<typeof pointSchema>;
export type Ring = z.infer<typeof ringSchema>;
export type Polygon = z.infer<typeof polygonSchema>;
export type Outline = z.infer<typeof outlineSchema>;
export type Outlines = z.infer<typeof outlinesSchema>;
