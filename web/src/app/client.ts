/** Asks the room's own server: which question has which answer, and what a refusal says. */
import type {
  Account,
  AlertAnswer,
  AlertCurve,
  AlertDrivers,
  AlertTimeline,
  EarlierAlerts,
  LinkTrend,
  OwnAccount,
  PairedScreen,
  Pairing,
  Person,
  Queries,
  Screen,
  ScreenState,
  Session,
  Answers as Shown,
  WaitingScreen,
} from '@room/contract';

interface Answers extends Shown {
  '/v1/account': OwnAccount;
  '/v1/people': { people: Account[] };
  '/v1/screens': { screens: PairedScreen[]; waiting: WaitingScreen[] };
  '/v1/session': Session;
}

/** What is told at each address, and what that answers. */
interface Told {
  '/v1/session/look': { body: { look?: string }; answer: Session };
  '/v1/session/sign-in': { body: { id: string; password: string }; answer: Session };
  '/v1/session/provider': { body: { query: string }; answer: { url: string } };
  '/v1/session/sign-out': { body: { everywhere?: boolean }; answer: Session };
  '/v1/session/invitation': { body: { token: string }; answer: { isFirst: boolean; id: string; name?: string } };
  '/v1/session/accept': { body: { token: string; password: string; id?: string; name?: string }; answer: Session };
  '/v1/account/password': { body: { before: string; password: string }; answer: Session };
  '/v1/people': { body: Person & { id: string }; answer: { account: Account; token: string } };
  '/v1/screen/code': { body: object; answer: Pairing };
  '/v1/screen/renew': { body: object; answer: { isPaired: boolean } };
  '/v1/screen/state': { body: { state: ScreenState }; answer: { isKept: boolean } };
  '/v1/screens': { body: Screen & { code: string }; answer: PairedScreen };
}

/** The same of one person. */
interface ToldOfPerson {
  '': { body: Person & { version: number }; answer: Account };
  '/undo': { body: { version: number }; answer: { account?: Account } };
  '/invite': { body: object; answer: { account: Account; token: string } };
  '/sign-out': { body: object; answer: { ended: number } };
}

/** The same of one wall display. */
interface ToldOfScreen {
  '': { body: Screen & { version: number }; answer: PairedScreen };
  '/revoke': { body: { version: number }; answer: { version: number } };
  '/undo': { body: { version: number }; answer: PairedScreen };
}

type Options<P> = { signal?: AbortSignal } & (P extends keyof Queries ? { query: Queries[P] } : { query?: never });

/** No answer, or a refusal. `reason` is the server's own sentence, in English. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  /** The server's code, or `unreachable`. */
  readonly code: string;
  /** Undefined where nothing answered. */
  readonly status: number | undefined;
  /** Whether the same question may be answered later. */
  readonly canRetry: boolean;
  /** What the server's sentence says in numbers. */
  readonly numbers: Readonly<Record<string, number>>;
  /** By which the server's log has the cause. */
  readonly requestId: string | undefined;

  constructor(
    code: string,
    reason: string,
    status?: number,
    {
      numbers = {},
      requestId,
      ...options
    }: ErrorOptions & {
      numbers?: Readonly<Record<string, number>> | undefined;
      requestId?: string | undefined;
    } = {},
  ) {
    super(reason, options);
    this.numbers = numbers;
    this.requestId = requestId;
    this.code = code;
    this.status = status;
    this.canRetry = status === undefined || status >= 500 || status === 408 || status === 429;
  }
}

/** What is left out of the query stays out. */
export function addressOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((field): field is [string, string] => field[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Throws `RequestFailed`, or what `signal` was aborted with. */
export async function ask<P extends keyof Answers>(path: P, { signal, query }: Options<P>): Promise<Answers[P]> {
  const address = query === undefined ? path : addressOf(path, query);
  return (await answerOf(address, signal === undefined ? {} : { signal })) as Answers[P];
}

/** Changes something. Throws `RequestFailed`, or what `signal` was aborted with. */
export async function tell<P extends keyof Told>(
  path: P,
  body: Told[P]['body'],
  signal?: AbortSignal,
): Promise<Told[P]['answer']> {
  return (await answerOf(path, { ...telling(body), ...(signal === undefined ? {} : { signal }) })) as Told[P]['answer'];
}

/** What is said to one alert. */
interface ToldOfAlert {
  acknowledge: object;
  answer: AlertAnswer & { version: number };
}

/** One link to a national database, over time. */
export const askLink = async (id: string, asked: Queries['/v1/links'], signal?: AbortSignal): Promise<LinkTrend> =>
  (await answerOf(
    addressOf(`/v1/links/${encodeURIComponent(id)}`, asked),
    signal === undefined ? {} : { signal },
  )) as LinkTrend;

const alertAt = (id: string): string => `/v1/alerts/${encodeURIComponent(id)}`;

export async function askAlert(id: string, signal: AbortSignal): Promise<AlertTimeline> {
  return (await answerOf(alertAt(id), { signal })) as AlertTimeline;
}

/** What is asked of one alert besides. */
interface AskedOfAlert {
  curve: AlertCurve;
  drivers: AlertDrivers;
  earlier: EarlierAlerts;
}

export async function askOfAlert<P extends keyof AskedOfAlert>(
  id: string,
  path: P,
  signal: AbortSignal,
): Promise<AskedOfAlert[P]> {
  return (await answerOf(`${alertAt(id)}/${path}`, { signal })) as AskedOfAlert[P];
}

export async function tellAlert<P extends keyof ToldOfAlert>(
  id: string,
  path: P,
  body: ToldOfAlert[P],
): Promise<AlertTimeline> {
  return (await answerOf(`${alertAt(id)}/${path}`, telling(body))) as AlertTimeline;
}

export async function tellOf<P extends keyof ToldOfPerson>(
  person: string,
  path: P,
  body: ToldOfPerson[P]['body'],
): Promise<ToldOfPerson[P]['answer']> {
  const address = `/v1/people/${encodeURIComponent(person)}${path}`;
  return (await answerOf(address, telling(body))) as ToldOfPerson[P]['answer'];
}

/** Signs out on another device. */
export async function endSession(id: string): Promise<OwnAccount> {
  return (await answerOf(`/v1/account/sessions/${encodeURIComponent(id)}/end`, telling({}))) as OwnAccount;
}

export async function tellOfScreen<P extends keyof ToldOfScreen>(
  screen: string,
  path: P,
  body: ToldOfScreen[P]['body'],
): Promise<ToldOfScreen[P]['answer']> {
  return (await answerOf(`/v1/screens/${screen}${path}`, telling(body))) as ToldOfScreen[P]['answer'];
}

/** As the server said it last of this session: shows that it is a page of the room that asks. */
let csrfToken: string | undefined;

export const csrfHeaders = (): Record<string, string> => (csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken });

export const telling = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...csrfHeaders() },
  body: JSON.stringify(body),
});

/** For questions and orders of some pages only. Throws `RequestFailed`, or what the signal was aborted with. */
export async function answerOf(address: string, options: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(address, options);
    if (response.ok) {
      const answer: unknown = await response.json();
      csrfToken = (answer as Partial<Session>).csrfToken ?? csrfToken;
      return answer;
    }
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new RequestFailed('unreachable', (cause as Error).message, undefined, { cause });
  }
  throw await refusal(response);
}

/** What the server, or who stands before it, says of a request that it did not answer. */
export async function refusal(response: Response): Promise<RequestFailed> {
  const { status, statusText, headers } = response;
  const text = await response.text().catch(() => '');
  return refusedAs(text, status, statusText, headers.get('x-request-id') ?? undefined);
}

/** The same of an answer that was read. */
export function refusedAs(
  text: string,
  status: number,
  statusText: string,
  requestId: string | undefined,
): RequestFailed {
  try {
    const { error } = JSON.parse(text) as {
      error: { code: string; reason: string; numbers?: Record<string, number> };
    };
    return new RequestFailed(error.code, error.reason, status, { numbers: error.numbers, requestId });
  } catch {
    // A proxy answers in its own words.
    return new RequestFailed(`http_${status}`, statusText, status, { requestId });
  }
}
