import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: ReceivedBody;
  /** How many requests came before it. */
  readonly index: number;
}

export interface ReceivedBody {
  readonly model: string;
  readonly messages: readonly { role: string; content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { include_usage?: boolean };
  readonly response_format?: {
    type: string;
    json_schema?: { name: string; strict: boolean; schema: object };
  };
  readonly temperature?: number;
  readonly seed?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly [field: string]: unknown;
}

/** Tokens that a reply says it took. */
export interface SpokenUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens?: number;
  readonly prompt_tokens_details?: { cached_tokens: number };
}

/** What the server does with a request. */
export type Reply =
  /** A whole completion; as an event stream where the request wants one. */
  | {
      readonly content?: string | null;
      readonly refusal?: string;
      readonly finish?: string;
      /** null: none is named. Default 10 + 5 tokens. */
      readonly usage?: SpokenUsage | null;
      /** Streams end after so many chunks, without a last one: by a lost connection, or as if all were said. */
      readonly cutAfter?: number;
      readonly cutBy?: 'reset' | 'end';
      /** Streams wait so long between chunks. */
      readonly pauseMs?: number;
      /** An error takes the place of the second chunk. */
      readonly streamError?: object;
    }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | { readonly raw: string; readonly contentType?: string }
  | { readonly reset: 'at once' | 'in the body' }
  /** Headers and half a body, then nothing. */
  | { readonly stall: 'headers' | 'body' };

export type Responder = (request: ReceivedRequest) => Reply | Promise<Reply>;

/** A server that speaks the wire format of chat completions, over a real socket. */
export interface ChatServer {
  /** Base URL for clients. */
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** Replies that were sent whole. */
  readonly completed: () => number;
  respond: Responder;
  close(): Promise<void>;
}

export async function startChatServer(respond: Responder): Promise<ChatServer> {
  let completed = 0;
  const server = createServer((incoming, outgoing) => {
    outgoing.on('finish', () => completed++);
    void answer(incoming, outgoing);
  });
  // Connections that wait are never closed: a slow machine would take that for a failed attempt.
  server.keepAliveTimeout = 600_000;
  const requests: ReceivedRequest[] = [];
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const request: ReceivedRequest = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: JSON.parse(Buffer.concat(parts).toString('utf8')) as ReceivedBody,
      index: requests.length,
    };
    requests.push(request);
    await send(outgoing, request, await chat.respond(request));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const chat: ChatServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    completed: () => completed,
    respond,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return chat;
}

async function send(outgoing: ServerResponse, request: ReceivedRequest, reply: Reply): Promise<void> {
  if ('status' in reply) {
    outgoing.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    outgoing.end(JSON.stringify(reply.body ?? { error: { message: `status ${reply.status}` } }));
  } else if ('raw' in reply) {
    outgoing.writeHead(200, { 'content-type': reply.contentType ?? 'application/json' });
    outgoing.end(reply.raw);
  } else if ('reset' in reply) {
    if (reply.reset === 'in the body') startHalf(outgoing);
    if (reply.reset === 'in the body') await pause(30);
    outgoing.socket?.resetAndDestroy();
  } else if ('stall' in reply) {
    if (reply.stall === 'body') startHalf(outgoing);
  } else if (request.body.stream === true) await sendStream(outgoing, request, reply);
  else {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'x-request-id': `req_${request.index}` });
    outgoing.end(JSON.stringify(completion(request, reply)));
  }
}

function startHalf(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  outgoing.write('{"id": "chatcmpl-1", "choices": [');
}

type Completion = Extract<Reply, { content?: unknown }>;
const defaultUsage: SpokenUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

function completion({ index, body }: ReceivedRequest, reply: Completion): object {
  return {
    id: `chatcmpl-${index}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: reply.content ?? null, refusal: reply.refusal ?? null },
        logprobs: null,
        finish_reason: reply.finish ?? 'stop',
      },
    ],
    ...(reply.usage === null ? {} : { usage: reply.usage ?? defaultUsage }),
  };
}

async function sendStream(
  outgoing: ServerResponse,
  request: ReceivedRequest,
  reply: Completion,
): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
  const head = {
    id: `chatcmpl-${request.index}`,
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: request.body.model,
  };
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  // Characters of several bytes are cut in two on the wire.
  const pieces = (reply.content ?? '').match(/[\s\S]{1,7}/gu) ?? [];
  const chunks: object[] = [
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => chunk({ content })),
    ...(reply.refusal === undefined ? [] : [chunk({ refusal: reply.refusal })]),
    chunk({}, reply.finish ?? 'stop'),
    ...(reply.usage === null || request.body.stream_options?.include_usage !== true
      ? []
      : [{ ...head, choices: [], usage: reply.usage ?? defaultUsage }]),
  ];
  if (reply.streamError !== undefined) chunks.splice(1, Infinity, { error: reply.streamError });
  for (const [index, each] of chunks.entries()) {
    if (index === reply.cutAfter) {
      if (reply.cutBy === 'end') outgoing.end();
      else {
        await pause(30);
        outgoing.socket?.resetAndDestroy();
      }
      return;
    }
    const bytes = Buffer.from(`data: ${JSON.stringify(each)}\n\n`);
    const half = Math.floor(bytes.length / 2);
    outgoing.write(bytes.subarray(0, half));
    if (reply.pauseMs !== undefined) await pause(reply.pauseMs);
    outgoing.write(bytes.subarray(half));
  }
  outgoing.end('data: [DONE]\n\n');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
