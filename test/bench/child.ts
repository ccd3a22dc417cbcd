/** A process of a benchmark that answers questions: what is measured and who measures it must not share an event loop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnv } from '../harness/config.ts';
import { endProcess } from '../harness/process.ts';
import { typescript } from '../harness/room.ts';

interface Question {
  number: number;
  name: string;
  given: unknown;
}
type Answer = { number: number; value: unknown } | { number: number; error: string };

export interface Child<Handlers> extends AsyncDisposable {
  readonly pid: number;
  /** Rejects with the child's own words when it fails or ends. */
  ask<Name extends keyof Handlers & string>(
    name: Name,
    given: Handlers[Name] extends (given: infer Given) => unknown ? Given : never,
  ): Promise<Handlers[Name] extends (given: never) => infer Value ? Awaited<Value> : never>;
}

/** Starts a module beside this one that calls `answering`. */
export function startChild<Handlers>(module: string, options: readonly string[] = []): Child<Handlers> {
  const script = fileURLToPath(new URL(module, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [...options, ...typescript(), script], {
    env: childEnv({ UV_THREADPOOL_SIZE: '16' }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', (answer: Answer) => {
    const asked = open.get(answer.number);
    open.delete(answer.number);
    if ('error' in answer) asked?.reject(new Error(`${module}: ${answer.error}`));
    else asked?.resolve(answer.value as never);
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`${module} ended (${signal ?? code})`));
    open.clear();
  });
  return {
    pid: child.pid ?? 0,
    ask: (name, given) =>
      new Promise((resolve, reject) => {
        const number = ++last;
        open.set(number, { resolve, reject });
        child.send({ number, name, given } satisfies Question);
      }),
    [Symbol.asyncDispose]: async () => void (await endProcess(child)),
  };
}

/** The child's side. */
export function answering(handlers: Readonly<Record<string, (given: never) => unknown>>): void {
  process.on('message', async ({ number, name, given }: Question) => {
    let answer: Answer;
    try {
      answer = { number, value: await handlers[name]?.(given as never) };
    } catch (error) {
      answer = { number, error: (error as Error).stack ?? String(error) };
    }
    process.send?.(answer);
  });
  // Preloaded, the exitWithParent lets go of the channel, which is all that may keep us.
  process.channel?.ref();
  process.once('SIGTERM', () => process.exit());
}
