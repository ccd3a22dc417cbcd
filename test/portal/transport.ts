import type { SimEvent } from './model.ts';

export interface Transport extends AsyncDisposable {
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  /** Returns when more may be given; `hasty` sends at once what is there, otherwise in full batches. */
  send(events: readonly SimEvent[], hasty: boolean): Promise<void>;
  /** Returns when everything given has been taken. */
  flush(): Promise<void>;
}
