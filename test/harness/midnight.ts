/**
 * Before each file that starts a room. Tests speak of today and yesterday: none begins so late that it would end on another day. Imports
 * nothing of the room: what is loaded here a test could not put another in the place of.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const DAY_MS = 86_400_000;
/** Of the catalogue that ships, which knows no summer time. */
const OFFSET_MS = 7 * 3_600_000;
const MOST_FILES_TAKE_MS = 60_000;

const left = DAY_MS - ((Date.now() + OFFSET_MS) % DAY_MS);
if (left < MOST_FILES_TAKE_MS) await sleep(left + 1_000);
