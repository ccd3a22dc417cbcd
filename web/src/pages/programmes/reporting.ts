/** What is reported from this page, one step after the other, and the way back: a report is taken back, never erased, and what stood before it stands again. */
import type { SentReport } from '@room/contract';
import { useQueryClient } from '@tanstack/vue-query';
import { type Ref, ref } from 'vue';
import { useAttempt } from '../../app/attempt.ts';
import { useSpeech } from '../../app/provided.ts';
import { INDICATORS, sendReports } from '../../app/queries.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { faultText } from '../../messages/programmes.ts';

export interface Reported {
  text: string;
  /** What takes it back, and what that takes back. */
  undo?: { report: SentReport; before: Stood };
}

/** What stood of a period until a step was made. */
type Stood = Pick<SentReport, 'value' | 'evidence' | 'note'>;

/** Refusals of a report that a page knows in its own words. */
export const REPORT_REFUSALS: Readonly<Record<string, MessageKey>> = { conflict: 'progConflict' };

export function useReporting(): ReturnType<typeof useAttempt> & {
  done: Ref<Reported | undefined>;
  /** Why the room would not take it, in the words of the page. */
  refused: Ref<string | undefined>;
  /** `before`: what stood until now, if anything did. */
  send: (report: SentReport, name: string, step?: { before?: Stood | undefined; then?: () => void }) => Promise<void>;
} {
  const queries = useQueryClient();
  const speech = useSpeech();
  const attempts = useAttempt();
  const done = ref<Reported>();
  const refused = ref<string>();
  const send = (
    report: SentReport,
    name: string,
    { before, then }: { before?: Stood | undefined; then?: () => void } = {},
  ): Promise<void> =>
    attempts.attempt(async () => {
      done.value = undefined;
      refused.value = undefined;
      try {
        const [fault] = (await sendReports([report], true)).refused;
        if (fault !== undefined) {
          refused.value = faultText(fault, speech.value);
          return;
        }
        await sendReports([report], false);
        const { t } = speech.value;
        const text = t(report.value === null ? 'progTakenBack' : 'progTaken', { name, period: report.period });
        // Of what put nothing where nothing stood there is no way back.
        const isStep = report.value !== null || (before?.value ?? null) !== null;
        done.value = isStep
          ? { text, undo: { report: wayBack(report, before, t('progUndone')), before: report } }
          : { text };
        then?.();
      } finally {
        void queries.invalidateQueries({ queryKey: INDICATORS });
      }
    });
  return { ...attempts, done, refused, send };
}

function wayBack({ note: _, ...sent }: SentReport, before: Stood | undefined, why: string): SentReport {
  const { value = null, evidence = sent.evidence, note } = before ?? {};
  return { ...sent, value, evidence, ...(note === undefined ? {} : { note }), revision: sent.revision + 1, why };
}
