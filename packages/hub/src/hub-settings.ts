import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';

/** Where the hub and its cache are; everything left out comes from the environment, as in the Python library. */
export interface HubLocation {
  /** Default `HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly endpoint?: string;
  /**
   * A token for private and gated repositories; `false` sends none. Default `HF_TOKEN`, else what is in
   * `HF_TOKEN_PATH` or `$HF_HOME/token`, none of them with `HF_HUB_DISABLE_IMPLICIT_TOKEN=1`.
   */
  readonly token?: string | false;
  /** Default `HF_HUB_CACHE`, else `$HF_HOME/hub`, else `~/.cache/huggingface/hub`. */
  readonly cacheDir?: string;
  /** Nothing is requested: the cache must have it all. Default `HF_HUB_OFFLINE`. */
  readonly offline?: boolean;
  /** Milliseconds without a byte after which a request is tried again. Default `HF_HUB_DOWNLOAD_TIMEOUT`, else 30 s. */
  readonly timeoutMilliseconds?: number;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A location with every default filled in. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly cacheDir: string;
  /** What forbids requests, in words: an option or a variable. */
  readonly offline: string | undefined;
  readonly timeoutMilliseconds: number;
}

/**
 * Fills in a location from the environment and the token file.
 *
 * @throws {SakeError} `invalid-option` for an endpoint that is no plain http(s) URL, or a token that cannot stand in a
 * header (which is not shown). `io` for a token file that cannot be read.
 */
export async function readHubSettings(location: HubLocation = {}): Promise<HubSettings> {
  const { env = process.env } = location;
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const home =
    expandHome(value('HF_HOME')) ??
    join(expandHome(value('XDG_CACHE_HOME')) ?? join(homedir(), '.cache'), 'huggingface');
  const variable = ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isTrue(value(name)));
  const seconds = Number(value('HF_HUB_DOWNLOAD_TIMEOUT'));
  return {
    endpoint: checkEndpoint(location.endpoint ?? value('HF_ENDPOINT') ?? 'https://huggingface.co'),
    token: checkToken(await readToken(location.token, value, home)),
    cacheDir:
      location.cacheDir ??
      expandHome(value('HF_HUB_CACHE') ?? value('HUGGINGFACE_HUB_CACHE')) ??
      join(home, 'hub'),
    offline:
      location.offline === undefined
        ? variable && `${variable}=${value(variable)}`
        : location.offline
          ? 'the option offline'
          : undefined,
    timeoutMilliseconds: location.timeoutMilliseconds ?? (seconds > 0 ? seconds * 1000 : 30_000),
  };
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'on', 'yes', 'true'].includes(value.toLowerCase());
}

function expandHome(path: string | undefined): string | undefined {
  return path?.replace(/^~(?=$|[/\\])/, () => homedir());
}

function checkEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain = url && !url.username && !url.password && !url.search && !url.hash;
  if (plain && ['http:', 'https:'].includes(url.protocol)) return endpoint.replace(/\/+$/, '');
  // Not shown: what is wrong with it may be a password in it.
  throw new SakeError(
    'invalid-option',
    'readHubSettings: expected endpoint (HF_ENDPOINT) to be an http(s) URL without user, password, ? and #, got another text',
  );
}

async function readToken(
  token: string | false | undefined,
  value: (name: string) => string | undefined,
  home: string,
): Promise<string | undefined> {
  if (token !== undefined) return token === false ? undefined : token.trim() || undefined;
  if (isTrue(value('HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  const given = value('HF_TOKEN') ?? value('HUGGING_FACE_HUB_TOKEN');
  if (given) return given;
  const file = expandHome(value('HF_TOKEN_PATH')) ?? join(home, 'token');
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SakeError('io', `readHubSettings: expected to read the token file ${file}, got ${message}`, {
      details: { file },
      cause,
    });
  }
}

function checkToken(token: string | undefined): string | undefined {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new SakeError(
    'invalid-option',
    'readHubSettings: expected a token (HF_TOKEN) of visible ASCII characters, got others among them; it is not shown here',
  );
}
