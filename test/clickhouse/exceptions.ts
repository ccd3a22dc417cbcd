/** The engine's exceptions as a ClickHouse server reports them over HTTP. Pure. */

export class ServerException extends Error {
  constructor(
    readonly code: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export interface Reported {
  status: number;
  code: number;
  body: string;
}

/** HTTP status by error code, as the server has it; everything else is 500. */
const STATUS: readonly [status: number, codes: readonly number[]][] = [
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  // What cannot be parsed, and columns that are not there or do not fit.
  [400, [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441, 675, 676]],
  // Unknown tables, functions, settings, formats and the like.
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511]],
  [408, [159]],
  [413, [229]],
  [501, [48]],
  [503, [76, 209, 439]],
];

/** `version` is the engine's. */
export function report(error: unknown, version: string): Reported {
  const [code, text] = partsOf(error);
  const status = STATUS.find(([, codes]) => codes.includes(code))?.[0] ?? 500;
  return { status, code, body: `Code: ${code}. DB::Exception: ${text} (version ${version} (official build))` };
}

function partsOf(error: unknown): [code: number, text: string] {
  if (error instanceof ServerException) return [error.code, `${error.message} (${error.type})`];
  const message = error instanceof Error ? error.message : String(error);
  const [, code, text] = /^Code: (\d+)\. DB::Exception: ([\s\S]*)$/.exec(message) ?? [];
  return code === undefined || text === undefined
    ? [1001, `${message} (STD_EXCEPTION)`]
    : [Number(code), text.trimEnd()];
}
