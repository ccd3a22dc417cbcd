/** The metrics on the walls' address: for operators only, as it may be open to everybody. */
import type { Desk } from '@room/operations';
import { type RequestHandler, Router } from 'express';

export function metricsRoutes(desk: Pick<Desk, 'sendMetrics'>, operatorsOnly: RequestHandler): Router {
  return Router().get('/metrics', operatorsOnly, (_request, response) => desk.sendMetrics(response));
}
