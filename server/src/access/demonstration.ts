/** Whether a room is a demonstration: simulated, on this machine alone, and nobody's. */
import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { isLoopback } from './origins.ts';

/** Whether all numbers of the room are made up. Looked up each time: a trial's keys are made after its room started. */
export const isTrial = ({ trialMark }: Pick<Config, 'trialMark'>): boolean => existsSync(trialMark);

export const isDemonstration = ({
  host,
  publicUrls,
  ...trial
}: Pick<Config, 'host' | 'publicUrls' | 'trialMark'>): boolean =>
  isLoopback(host) && publicUrls.length === 0 && isTrial(trial);
