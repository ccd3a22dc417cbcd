/** What a wall is told of alerts: the worst that fires, what is not known, and who answered all of theirs. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { Alert } from '@room/contract';
import { expect, it } from 'vitest';
import { ringingOf } from '../../../server/src/alerts/ringing.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const alert = (dim: string, code: string, state: string, severity: string, isAnswered = false): Alert =>
  ({ dim, code, state, body: { severity }, ...(isAnswered ? { answer: {} } : {}) }) as unknown as Alert;
const service = catalogue.services.find(({ agency }) => agency === 'MOH')?.code ?? '';
const portal = catalogue.sources.find(({ unit }) => unit === 'MOF')?.id ?? '';

it('is the highest severity that fires, with how many; what is unknown is counted by itself', () => {
  const alerts = [
    alert('agency', 'MPS', 'firing', 'warning', true),
    alert('agency', 'MPS', 'recovering', 'warning'),
    alert('all', '', 'unknown', 'critical'),
    alert('agency', 'MOH', 'firing', 'info', true),
  ];
  expect(ringingOf({ alerts, evaluatedAt: 7 }, catalogue)).toEqual({
    evaluatedAt: 7,
    severity: 'warning',
    firing: 2,
    unknown: 1,
    answered: ['MOH'],
    unanswered: ['MPS'],
  });
});

it('names the agency of a service and of a portal, and of a province none', () => {
  const alerts = [
    alert('service', service, 'firing', 'info', true),
    alert('source', portal, 'firing', 'info'),
    alert('province', '01', 'firing', 'info'),
  ];
  expect(ringingOf({ alerts }, catalogue)).toMatchObject({ answered: ['MOH'], unanswered: ['MOF'] });
});

it('is nothing where nothing rings', () => {
  expect(ringingOf({ alerts: [] }, catalogue)).toEqual({ firing: 0, unknown: 0, answered: [], unanswered: [] });
});
