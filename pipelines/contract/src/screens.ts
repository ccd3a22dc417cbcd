/** Wall displays: which are let in, by what name, and whose numbers they show in full. */
import { z } from 'zod';
import { plainText } from './schema.ts';
import { scopeGrantSchema } from './scope.ts';

/** As it is kept and edited. */
export const screenSchema = z.strictObject({
  /** As people call it: where it hangs. */
  name: plainText(200),
  scope: scopeGrantSchema,
});
export type Screen = z.infer<typeof screenSchema>;

/** As an administrator sees it. Instants are milliseconds since 1970 UTC; addresses are those that the server heard. */
export interface PairedScreen extends Screen {
  id: string;
  version: number;
  paired: { by: string; at: number; from: string };
  /** Undefined where it never came back after it was approved. */
  seen?: { at: number; from: string };
  /** It shows the wall now. */
  isConnected: boolean;
  /** Two come in by what it was given: a copy of it is in use. */
  isTwice: boolean;
}

/** A display that shows a code and waits to be approved. */
export interface WaitingScreen {
  code: string;
  from: string;
  askedAt: number;
  /** Then it shows another one. */
  expiresAt: number;
}
