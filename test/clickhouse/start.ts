/** A ClickHouse server as the room sees one, for as long as a test needs it; it fails in the ways a test asks for. */
import { freePort } from '../harness/process.ts';
import { type Program, startProgram } from '../harness/program.ts';
import { tempDir } from '../harness/temp.ts';
import type { Fault, Order, Report } from './faults.ts';
import type { Setup } from './main.ts';

export type { Fault, Report } from './faults.ts';

export interface ClickHouseOptions {
  user?: string;
  password?: string;
}

export interface ClickHouse extends Program {
  readonly user: string;
  readonly password: string;
  /** `faults` befall the next inserts into `table`, one each. Orders are forgotten when it is killed. */
  arm(table: string, ...faults: Fault[]): Promise<void>;
  /** Answers 503 for `ms`. */
  refuse(ms: number): Promise<void>;
  /** Resets the connections of the next requests unread. */
  hangUp(requests: number): Promise<void>;
  /** Counted since its start. */
  report(): Promise<Report>;
}

export async function startClickHouse({
  user = 'default',
  password = '',
}: ClickHouseOptions = {}): Promise<ClickHouse> {
  const folder = await tempDir('clickhouse');
  const setup: Setup = { directory: folder.path, port: await freePort(), user, password };
  const answers = new Map<number, (report: Report) => void>();
  let asked = 0;
  let program: Program;
  try {
    program = await startProgram({
      name: 'the ClickHouse process',
      main: 'test/clickhouse/main.ts',
      args: [JSON.stringify(setup)],
      env: { UV_THREADPOOL_SIZE: '16' },
      onMessage: (message) => {
        const { number, report } = message as { number: number; report: Report };
        answers.get(number)?.(report);
        answers.delete(number);
      },
    });
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
  async function order(it: Order): Promise<Report> {
    const number = asked++;
    const answer = new Promise<Report>((resolve) => void answers.set(number, resolve));
    await program.tell({ number, order: it });
    return answer;
  }
  return Object.assign(program, {
    user,
    password,
    arm: async (table: string, ...faults: Fault[]) => void (await order({ do: 'arm', table, faults })),
    refuse: async (ms: number) => void (await order({ do: 'refuse', ms })),
    hangUp: async (requests: number) => void (await order({ do: 'hangUp', requests })),
    report: () => order({ do: 'report' }),
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      await folder[Symbol.asyncDispose]();
    },
  });
}
