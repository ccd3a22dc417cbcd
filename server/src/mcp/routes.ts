/**
 * The room's numbers for assistants, by the Model Context Protocol: streamable HTTP without sessions, each message a request of its own.
 * Whoever asks is told through the rows of the table of routes what they are told there.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ErrorCode, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Catalogue } from '@room/contract';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { Sent } from '../api/sent.ts';
import { onceClosed } from '../closed.ts';
import { cut, HttpError } from '../errors.ts';
import { notesOf } from '../requests.ts';
import { type Asking, Reader } from './reader.ts';
import { NotUnderstood, type Tool, toolsOf } from './tools.ts';

/** Of a message, and of what one tells, bytes. */
const MOST_BYTES = 64_000;
const MOST_TOLD = 200_000;

const INSTRUCTIONS =
  'Numbers of public services, as portals reported them. Shares are 0 to 1, days local, instants milliseconds since 1970 UTC, in about also as texts; what is ' +
  'not known is absent, never 0. With each number tell its definition, as-of and coverage, and whether it is simulated. Prove a number with evidence.';

const messageSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(200), z.number()]).optional(),
  method: z.string().max(200),
  params: z.looseObject({}).optional(),
});

export function mcpRoutes({ rows, catalogue }: { rows: readonly Route[]; catalogue: Catalogue }): Route[] {
  const reader = new Reader(rows);
  const tools = toolsOf(reader, catalogue);
  const describe = describing();
  return [
    route({
      method: 'post',
      path: '/mcp',
      summary: 'one message of the Model Context Protocol, by which assistants ask; 202 to one that wants no answer',
      right: 'analyse',
      isReading: true,
      body: z.looseObject({}).meta({ description: 'a message of JSON-RPC 2.0' }).pipe(messageSchema),
      mostBytes: MOST_BYTES,
      answer: { schema: z.looseObject({ jsonrpc: z.literal('2.0') }) },
      refuses: { 406: 'the answer cannot be told in what is accepted', 413: 'the message is too large' },
      handle: async ({ body, ...asking }) => {
        const { request, response } = asking;
        const accepted = request.headers.accept ?? '';
        if (!['application/json', 'text/event-stream'].every((type) => accepted.includes(type)))
          throw new HttpError(406, 'not_acceptable', 'send the header Accept: application/json, text/event-stream');
        const server = serverFor({ tools, reader, describe }, asking);
        const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
        onceClosed(response, () => void server.close());
        await server.connect(transport as Parameters<Server['connect']>[0]);
        response.set('cache-control', 'no-store');
        await transport.handleRequest(request, response, body);
        return new Sent();
      },
    }),
  ];
}

/** A tool as it is listed; each is made once, in a turn of the event loop of its own. */
function describing() {
  const known = new Map<string, ReturnType<typeof listed>>();
  return async (tool: Tool): Promise<ReturnType<typeof listed>> => {
    const before = known.get(tool.name);
    if (before !== undefined) return before;
    await turn();
    const made = listed(tool);
    known.set(tool.name, made);
    return made;
  };
}

const listed = ({ name, description, input }: Tool) => ({
  name,
  description,
  inputSchema: { ...z.toJSONSchema(input, { io: 'input' }), type: 'object' as const },
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
});

interface Offered {
  tools: readonly Tool[];
  reader: Reader;
  describe: ReturnType<typeof describing>;
}

function serverFor({ tools, reader, describe }: Offered, asking: Asking): Server {
  const server = new Server(
    { name: 'operations-room', version: '1' },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  const offered = tools.filter(({ reads }) => reads === undefined || reader.may(reads, asking.principal));
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const described: ReturnType<typeof listed>[] = [];
    for (const tool of offered) described.push(await describe(tool));
    return { tools: described };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given = {} } }) => {
    const tool = tools.find((each) => each.name === name);
    if (tool === undefined)
      throw new McpError(ErrorCode.InvalidParams, `there is no tool ${cut(name, 64)}; see tools/list`);
    try {
      return result(await tool.answer(given, asking));
    } catch (error) {
      return { ...result(refusalOf(error, asking)), isError: true };
    }
  });
  return server;
}

function result(told: object) {
  const text = JSON.stringify(told);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_TOLD)
    throw new HttpError(
      422,
      'too_much',
      `the answer has ${Math.ceil(bytes / 1_000)} kB, of which ${MOST_TOLD / 1_000} are told at once; ask for fewer rows (top), a coarser grain, or a shorter period`,
    );
  return {
    content: [{ type: 'text' as const, text }],
    structuredContent: JSON.parse(text) as Record<string, unknown>,
  };
}

/** As the same refusal says it by HTTP. */
function refusalOf(error: unknown, { response }: Asking): object {
  const notes = notesOf(response);
  if (!(error instanceof HttpError)) {
    notes.error = error;
    return { error: { code: 'internal', reason: 'something failed inside the room; its log says what' } };
  }
  const { code, reason, numbers, retryAfter } = error;
  notes.code = code;
  return {
    error: { code, reason: cut(reason), numbers, retryAfter },
    ...(error instanceof NotUnderstood ? { understood: error.understood } : {}),
  };
}
