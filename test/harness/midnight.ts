/** Before each file that starts a room. Tests speak of today and yesterday: none begins so late that it would end on another day. */
import { setTimeout as sleep } from 'node:timers/promises';
import { addDays, localDay, startOfDay } from '@room/contract';

const TIME_ZONE = 'Asia/Ho_Chi_Minh';
const MOST_FILES_TAKE_MS = 60_000;

const now = Date.now();
const left = startOfDay(addDays(localDay(now, TIME_ZONE), 1), TIME_ZONE) - now;
if (left < MOST_FILES_TAKE_MS) await sleep(left + 1_000);
