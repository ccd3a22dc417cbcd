/** What is reported from this page, one step after the other, and the way back: a report is taken back, never erased. */
import type { SentReport } from '@room/contract';
import { useQueryClient } from '@tanstack/vue-query';
import { type Ref, ref } from 'vue';
import { useAttempt } from '../../app/attempt.ts';
import { useSpeech } from '../../app/provided.ts';
import { INDICATORS, sendReports } from '../../app/queries.ts';
import type { MessageKey } from '../../i18n/index.ts';

export interface Reported {
  text: string;
  undo?: SentReport;
}

/** Refusals of a report that a page knows in its own words. */
export const REPORT_REFUSALS: Readonly<Record<string, MessageKey>> = { conflict: 'progConflict' };

export function useReporting(): ReturnType<typeof useAttempt> & {
  done: Ref<Reported | undefined>;
  send: (report: SentReport, name: string, then?: () => void) => Promise<void>;
} {
  const queries = useQueryClient();
  const speech = useSpeech();
  const attempts = useAttempt();
  const done = ref<Reported>();
  const send = (report: SentReport, name: string, then?: () => void): Promise<void> =>
    attempts.attempt(async () => {
      done.value = undefined;
      try {
        await sendReports([report], false);
        const { t } = speech.value;
        const { note: _, ...plain } = report;
        done.value =
          report.value === null
            ? { text: t('progTakenBack', { name, period: report.period }) }
            : {
                text: t('progTaken', { name, period: report.period }),
                undo: { ...plain, value: null, revision: report.revision + 1, why: t('progUndone') },
              };
        then?.();
      } finally {
        void queries.invalidateQueries({ queryKey: INDICATORS });
      }
    });
  return { ...attempts, done, send };
}
