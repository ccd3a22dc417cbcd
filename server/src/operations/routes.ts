/** The metrics on the walls' address: for operators only, as it may be open to everybody. */
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';

export const metricsRoutes = (registry: Pick<Registry, 'metrics' | 'contentType'>): Route[] => [
  route({
    method: 'get',
    path: '/metrics',
    summary: "everything measured, in Prometheus' text format; without the token on OPERATIONS_PORT where that is set",
    right: 'operate',
    isWhole: true,
    // From memory: a scrape asks neither log nor warehouse.
    answer: { type: registry.contentType, schema: z.string() },
    handle: () => registry.metrics(),
  }),
];
