import { SakeError } from '@sakejs/spec';
import { AzureOpenAI, OpenAI } from 'openai';
import { createBoundedFetch } from './bounded-fetch.js';
import { createRedactor, type Redactor } from './redact.js';

/** A key, or what gives one for each call. */
export type ApiKey = string | (() => Promise<string>);

/** As much of an `openai` client as is used: `new OpenAI({…})` and `new AzureOpenAI({…})` are such. */
export interface ChatClient {
  readonly chat: {
    readonly completions: {
      create(
        body: never,
        options?: {
          readonly signal?: AbortSignal | null;
          readonly timeout?: number;
          readonly maxRetries?: number;
        },
      ): PromiseLike<unknown>;
    };
  };
}

/** An Azure OpenAI resource. */
export interface AzureOptions {
  /** Default: `AZURE_OPENAI_ENDPOINT`. */
  readonly endpoint?: string;
  /** Default: `OPENAI_API_VERSION`. */
  readonly apiVersion?: string;
  /** Default: the name of the model. */
  readonly deployment?: string;
}

export interface ChatClientOptions {
  readonly apiKey?: ApiKey | undefined;
  readonly baseURL?: string | undefined;
  readonly azure?: AzureOptions | undefined;
  readonly client?: ChatClient | undefined;
  readonly retryAfterLimitMs: number;
}

/** A client with what must be known of it. */
export interface ChatConnection {
  readonly client: ChatClient;
  readonly redactor: Redactor;
  /** Where requests go, without credentials and query. */
  readonly endpoint: string;
  /** Whether attempts can be counted: not for a client of the user's own. */
  readonly countsAttempts: boolean;
}

/** What stands in place of a key for servers that want none. */
const noKey = 'none';
/** Length from which values of headers and query parameters are taken for secrets. */
const likelySecret = 12;
const openaiURL = 'https://api.openai.com/v1';

/**
 * The connection that the options, and after them the environment, describe.
 *
 * @throws {SakeError} `invalid-option` without a key for a server that needs one, for contradictory options, or for
 * an address that is none. Errors never hold the key.
 */
export function connectChat(where: string, options: ChatClientOptions): ChatConnection {
  const { client, azure, baseURL, apiKey } = options;
  const redactor = createRedactor();
  const given = { client, azure, baseURL };
  const ways = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (ways.length > 1 || (client !== undefined && apiKey !== undefined))
    throw new SakeError(
      'invalid-option',
      `${where}: expected one of client, azure and baseURL, and no apiKey beside a client, got ${[...ways, ...(apiKey === undefined ? [] : ['apiKey'])].join(', ')}`,
    );
  if (client !== undefined) return ownConnection(where, client, redactor);
  // Whatever the environment adds to requests may come back in errors.
  addHeaderValues(redactor, process.env['OPENAI_CUSTOM_HEADERS']);
  redactor.add(process.env['OPENAI_ADMIN_KEY']);
  const shared = {
    fetch: createBoundedFetch(options.retryAfterLimitMs),
    // Libraries never print: the SDK would, on the console.
    logLevel: 'off' as const,
  };
  try {
    return azure === undefined
      ? openaiConnection(where, options, redactor, shared)
      : azureConnection(where, azure, apiKey, redactor, shared);
  } catch (error) {
    if (error instanceof SakeError) throw error;
    throw new SakeError(
      'invalid-option',
      `${where}: expected options of a client, got: ${redactor.redact((error as Error).message)}`,
    );
  }
}

interface SharedOptions {
  readonly fetch: typeof fetch;
  readonly logLevel: 'off';
}

function openaiConnection(
  where: string,
  { apiKey, baseURL }: ChatClientOptions,
  redactor: Redactor,
  shared: SharedOptions,
): ChatConnection {
  const address = baseURL ?? (process.env['OPENAI_BASE_URL']?.trim() || openaiURL);
  const endpoint = checkAddress(where, address, redactor);
  const key = checkKey(where, apiKey ?? process.env['OPENAI_API_KEY'], redactor);
  if (key === undefined && endpoint === openaiURL)
    throw new SakeError(
      'invalid-option',
      `${where}: expected a key for ${endpoint} in apiKey or OPENAI_API_KEY, got none; give one, or the baseURL of a server that needs none`,
    );
  const client = new OpenAI({ ...shared, apiKey: key ?? noKey, baseURL: address });
  return { client: client as unknown as ChatClient, redactor, endpoint, countsAttempts: true };
}

function azureConnection(
  where: string,
  azure: AzureOptions,
  apiKey: ApiKey | undefined,
  redactor: Redactor,
  shared: SharedOptions,
): ChatConnection {
  const address = azure.endpoint ?? process.env['AZURE_OPENAI_ENDPOINT'];
  if (!address)
    throw new SakeError(
      'invalid-option',
      `${where}: expected the resource's address in azure.endpoint or AZURE_OPENAI_ENDPOINT, got none`,
    );
  const endpoint = checkAddress(where, address, redactor);
  const key = checkKey(where, apiKey ?? process.env['AZURE_OPENAI_API_KEY'], redactor);
  const client = new AzureOpenAI({
    ...shared,
    // Without it the SDK takes OPENAI_BASE_URL and refuses the endpoint.
    baseURL: null,
    endpoint: address,
    ...(typeof key === 'function' ? { azureADTokenProvider: key } : { apiKey: key }),
    ...(azure.apiVersion === undefined ? {} : { apiVersion: azure.apiVersion }),
    ...(azure.deployment === undefined ? {} : { deployment: azure.deployment }),
  });
  return { client: client as unknown as ChatClient, redactor, endpoint, countsAttempts: true };
}

function ownConnection(where: string, client: ChatClient, redactor: Redactor): ChatConnection {
  if (typeof client?.chat?.completions?.create !== 'function')
    throw new SakeError(
      'invalid-option',
      `${where}: expected client as an openai client, got ${typeof client}`,
    );
  const { apiKey, adminAPIKey, baseURL } = client as {
    apiKey?: unknown;
    adminAPIKey?: unknown;
    baseURL?: unknown;
  };
  for (const key of [apiKey, adminAPIKey]) if (typeof key === 'string') redactor.add(key);
  addHeaderValues(redactor, process.env['OPENAI_CUSTOM_HEADERS']);
  const endpoint = typeof baseURL === 'string' ? checkAddress(where, baseURL, redactor) : 'client';
  return { client, redactor, endpoint, countsAttempts: false };
}

/** The address without credentials and query, which may be secrets. */
function checkAddress(where: string, address: string, redactor: Redactor): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    // What stands there may be a key in the wrong place: it is not repeated.
    throw new SakeError(
      'invalid-option',
      `${where}: expected baseURL as an address such as http://127.0.0.1:8080/v1, got ${address.length} characters that are none`,
    );
  }
  redactor.add(decodeURIComponent(url.password));
  for (const value of url.searchParams.values()) redactor.add(value, likelySecret);
  if (url.username !== '' || url.password !== '')
    throw new SakeError(
      'invalid-option',
      `${where}: expected baseURL without a user and password, which fetch refuses, got them for ${url.host}; give the key in apiKey`,
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function checkKey(where: string, key: ApiKey | undefined, redactor: Redactor): ApiKey | undefined {
  if (typeof key === 'function')
    return async () => {
      const token = (await key()).trim();
      redactor.add(token);
      return token;
    };
  const trimmed = key?.trim();
  if (!trimmed) return undefined;
  redactor.add(trimmed);
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw new SakeError(
      'invalid-option',
      `${where}: expected a key of visible ASCII characters, got one with others in it; copy it again`,
    );
  return trimmed;
}

/** Values of `name: value` lines. */
function addHeaderValues(redactor: Redactor, lines: string | undefined): void {
  for (const line of lines?.split('\n') ?? []) redactor.add(line.slice(line.indexOf(':') + 1), likelySecret);
}
