import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMIT, hubFixture, ID, TOKEN } from '../test/hub-fixture.js';
import type { Fault } from './testing/hub-server.js';
import { errorOf, everythingIn } from '../test/inspect-error.js';
import { resolveModel } from './index.js';

const hub = hubFixture();
const info = `/api/models/${ID}/revision/main`;
const tree = `/api/models/${ID}/tree/${COMMIT}`;
const graph = `/${ID}/resolve/${COMMIT}/onnx/model.onnx`;

/** Faults for one path, request by request; the last one stays. */
function onPath(path: string, ...faults: (Fault | undefined)[]): void {
  hub.server.fault = (request) =>
    request.path === path ? faults[Math.min(request.index, faults.length - 1)] : undefined;
}
function onCdn(fault: Fault): void {
  hub.server.fault = ({ at }) => (at === 'cdn' ? fault : undefined);
}
const requestsOf = (path: string): number => hub.server.served.filter((each) => each.path === path).length;

describe('a token', () => {
  it('goes to the hub with every request, and to no other origin', async () => {
    hub.server.gate(ID, TOKEN);
    await resolveModel(ID, hub.options({ token: TOKEN }));
    const authorizations = (at: 'hub' | 'cdn'): Set<string | undefined> =>
      new Set(hub.server.served.filter((each) => each.at === at).map(({ authorization }) => authorization));
    expect(authorizations('hub')).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(authorizations('cdn')).toEqual(new Set([undefined]));
  });

  it('comes from the environment and from the token file alike', async () => {
    hub.server.gate(ID, TOKEN);
    await resolveModel(ID, hub.options({ env: { HF_TOKEN: TOKEN, HF_HOME: hub.cacheDir } }));
    expect(hub.server.served[0]!.authorization).toBe(`Bearer ${TOKEN}`);
    await expect(
      resolveModel(ID, hub.options({ env: { HF_TOKEN: TOKEN, HF_HOME: hub.cacheDir }, token: false })),
    ).rejects.toMatchObject({ details: { reason: 'gated' } });
  });

  it('stays at the hub when a listing goes on elsewhere', async () => {
    const elsewhere = hub.server.endpoint.replace('127.0.0.1', 'localhost');
    onPath(tree, {
      status: 200,
      headers: {
        link: `<${elsewhere}/api/models/${ID}/tree/other>; rel="next"`,
        'content-type': 'application/json',
      },
      body: '[]',
    });
    await errorOf(resolveModel(ID, hub.options({ token: TOKEN })));
    const other = hub.server.served.find(({ path }) => path.endsWith('/tree/other'));
    expect(other).toMatchObject({ authorization: undefined });
  });

  it('does not come back once a redirect has left the hub', async () => {
    const home = hub.server.endpoint;
    const elsewhere = home.replace('127.0.0.1', 'localhost');
    hub.server.fault = ({ path, index }) =>
      path === info && index < 2
        ? { status: 307, headers: { location: `${index === 0 ? elsewhere : home}${info}` } }
        : undefined;
    await resolveModel(ID, hub.options({ token: TOKEN }));
    const authorizations = hub.server.served
      .filter(({ path }) => path === info)
      .map((each) => each.authorization);
    expect(authorizations).toEqual([`Bearer ${TOKEN}`, undefined, undefined]);
  });

  it('stays with redirects inside the hub, as renamed repositories answer', async () => {
    hub.server.gate(ID, TOKEN);
    onPath('/api/models/old/revision/main', { status: 307, headers: { location: info } });
    await errorOf(resolveModel('old', hub.options({ token: TOKEN })));
    expect(hub.server.served.find(({ path }) => path === info)).toMatchObject({
      status: 200,
      authorization: `Bearer ${TOKEN}`,
    });
  });

  it.each<[string, () => void, Parameters<typeof hub.options>[0]?]>([
    ['gated', () => hub.server.gate(ID, 'another')],
    ['unauthorized', () => onPath(info, { status: 401, headers: { 'x-error-message': `no ${TOKEN} here` } })],
    ['an answer that repeats it', () => onPath(info, { status: 200, body: `<html>${TOKEN}` })],
    ['a server error', () => onPath(graph, { status: 503, headers: { 'x-error-message': TOKEN } })],
    ['a hostile redirect', () => onPath(graph, { status: 302, headers: { location: `ftp://x/${TOKEN}` } })],
    ['a broken connection', () => onCdn({ cutAfter: 0 })],
    ['a wrong body', () => onCdn({ spoil: true })],
    [
      'a foreign fetch',
      () => undefined,
      { fetch: (_, init) => Promise.reject(Object.assign(new Error(JSON.stringify(init)), { init })) },
    ],
    ['an abort', () => undefined, { signal: AbortSignal.abort(TOKEN) }],
    ['a missing file', () => undefined, { dtype: 'bnb4' }],
    ['offline', () => undefined, { offline: true }],
  ])('is in no error: %s', async (_, prepare, more) => {
    prepare();
    const error = await errorOf(resolveModel(ID, hub.options({ token: TOKEN, retries: 1, ...more })));
    expect(error).toMatchObject({ name: 'SakeError' });
    expect(everythingIn(error)).not.toContain(TOKEN);
    expect(everythingIn(error)).not.toContain('signed-secret');
  });
});

describe('a refusal', () => {
  it.each<[string, string, Fault, object, RegExp]>([
    [
      'an unknown repository',
      info,
      { status: 404, headers: { 'x-error-code': 'RepoNotFound' } },
      { code: 'not-found', details: { reason: 'repository', status: 404 } },
      /no such repository/,
    ],
    [
      'an unknown revision',
      info,
      { status: 404, headers: { 'x-error-code': 'RevisionNotFound' } },
      { code: 'not-found', details: { reason: 'revision' } },
      /no such revision/,
    ],
    [
      'a file that is gone',
      graph,
      { status: 404, headers: { 'x-error-code': 'EntryNotFound' } },
      { code: 'not-found', details: { reason: 'file' } },
      /onnx\/model\.onnx of owner\/name/,
    ],
    [
      'a gated repository',
      info,
      { status: 403, headers: { 'x-error-code': 'GatedRepo', 'x-error-message': 'ask for access' } },
      { code: 'io', details: { reason: 'gated', said: 'ask for access' } },
      /accept its licence .* HF_TOKEN/,
    ],
    [
      'a private one',
      info,
      { status: 401 },
      { code: 'io', details: { reason: 'unauthorized' } },
      /set HF_TOKEN/,
    ],
    [
      'another status',
      info,
      { status: 418 },
      { code: 'io', details: { reason: 'server', status: 418 } },
      /got 418/,
    ],
  ])('of %s is told at once, with what to do', async (_, path, fault, expected, message) => {
    onPath(path, fault);
    const error = await errorOf(resolveModel(ID, hub.options()));
    expect(error).toMatchObject(expected);
    expect((error as Error).message).toMatch(message);
    expect(requestsOf(path)).toBe(1);
  });

  it('of an unknown id or revision by the hub itself is told', async () => {
    await expect(resolveModel('owner/none', hub.options())).rejects.toMatchObject({
      details: { reason: 'repository' },
    });
    await expect(resolveModel(`${ID}@v9`, hub.options())).rejects.toMatchObject({
      details: { reason: 'revision' },
    });
  });

  it.each([429, 408, 500, 502, 503])('with status %d is tried again', async (status) => {
    onPath(info, { status }, { status }, undefined);
    expect((await resolveModel(ID, hub.options())).commit).toBe(COMMIT);
    expect(requestsOf(info)).toBe(3);
  });

  it('that does not end is told after the last try', async () => {
    onPath(info, { status: 429, headers: { 'retry-after': '0' } });
    await expect(resolveModel(ID, hub.options({ retries: 2 }))).rejects.toMatchObject({
      code: 'io',
      details: { reason: 'rate-limited', status: 429 },
    });
    expect(requestsOf(info)).toBe(3);
  });

  it.each<[string, Record<string, string>]>([
    ['Retry-After in seconds', { 'retry-after': '1' }],
    ['Retry-After as a date', { 'retry-after': '' }],
    ['RateLimit', { ratelimit: '"api";r=0;t=1' }],
  ])('is waited out as %s says', async (_, headers) => {
    const status = 429;
    hub.server.fault = ({ path, index }) =>
      path === info && index === 0
        ? {
            status,
            headers:
              headers['retry-after'] === ''
                ? { 'retry-after': new Date(Date.now() + 2000).toUTCString() }
                : headers,
          }
        : undefined;
    const started = performance.now();
    await resolveModel(ID, hub.options());
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it('that asks for a long wait is told instead', async () => {
    onPath(info, { status: 429, headers: { 'retry-after': '3600' } });
    const error = await errorOf(resolveModel(ID, hub.options()));
    expect(error).toMatchObject({ details: { reason: 'rate-limited', waitMilliseconds: 3_600_000 } });
    expect((error as Error).message).toContain('3600 s');
    expect(requestsOf(info)).toBe(1);
  });
});

describe('an answer', () => {
  it.each<[string, string, Fault]>([
    ['no JSON', info, { status: 200, body: '<html>log in</html>' }],
    ['no commit', info, { status: 200, body: '{"id":"owner/name"}' }],
    ['a commit that is a path', info, { status: 200, body: '{"sha":"../../../../etc"}' }],
    ['no list', tree, { status: 200, body: '{"error":"?"}' }],
    ['a redirect to nowhere', info, { status: 302 }],
    ['a redirect to another protocol', info, { status: 302, headers: { location: 'file:///etc/passwd' } }],
    ['redirects without end', info, { status: 302, headers: { location: info } }],
  ])('with %s is refused', async (_, path, fault) => {
    onPath(path, fault);
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({
      code: 'invalid-file',
      details: { reason: 'answer' },
    });
  });

  it('with another commit than the one asked for is refused', async () => {
    const asked = 'a'.repeat(40);
    onPath(`/api/models/${ID}/revision/${asked}`, { status: 200, body: `{"sha":"${COMMIT}"}` });
    await expect(resolveModel(ID, hub.options({ revision: asked }))).rejects.toMatchObject({
      details: { reason: 'answer' },
    });
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'onnx/../../x.onnx',
    'a\\..\\b',
    'C:/x',
    'C:x',
    'a//b',
    './config.json',
    'a\nb',
    '',
  ])('that lists %j is refused, and nothing is written', async (path) => {
    hub.server.extraEntries = [{ type: 'file', path, size: 1, oid: 'a'.repeat(40) }];
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({
      code: 'invalid-file',
      details: { reason: 'answer', path },
    });
    expect(hub.server.served.filter((each) => each.path.includes('/resolve/'))).toEqual([]);
  });

  it.each([
    ['a hash that is a path', { oid: '../../../../etc/passwd', size: 1 }],
    ['no hash', { size: 1 }],
    ['a negative size', { oid: 'a'.repeat(40), size: -1 }],
    ['a size that is text', { oid: 'a'.repeat(40), size: '1' }],
    ['a short LFS hash', { oid: 'a'.repeat(40), size: 1, lfs: { oid: 'a'.repeat(40), size: 1 } }],
  ])('that lists %s is refused', async (_, entry) => {
    hub.server.extraEntries = [{ type: 'file', path: 'x.bin', ...entry }];
    await expect(resolveModel(ID, hub.options())).rejects.toMatchObject({ details: { reason: 'answer' } });
  });
});

describe('a connection', () => {
  it('that breaks in the middle of a listing is tried again', async () => {
    let breaks = 0;
    const broken: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).includes('/tree/') || breaks++ > 1) return response;
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('[{"type":'));
          controller.error(new Error('reset'));
        },
      });
      return new Response(body, { status: 200 });
    };
    expect((await resolveModel(ID, hub.options({ fetch: broken }))).commit).toBe(COMMIT);
    expect(breaks).toBe(3);
  });

  it('to nobody is told, with the endpoint and what to check', async () => {
    const error = await errorOf(
      resolveModel(ID, hub.options({ endpoint: 'http://127.0.0.1:1', retries: 1 })),
    );
    expect(error).toMatchObject({
      code: 'io',
      details: { reason: 'network', endpoint: 'http://127.0.0.1:1' },
    });
    expect((error as Error).message).toMatch(/HF_ENDPOINT/);
  });

  it('is not opened when the signal has fired', async () => {
    const signal = AbortSignal.abort();
    await expect(resolveModel(ID, hub.options({ signal }))).rejects.toMatchObject({ code: 'aborted' });
    expect(hub.server.served).toEqual([]);
  });

  it('ends a wait for the next try at an abort', async () => {
    onPath(info, { status: 503 });
    const controller = new AbortController();
    const waiting = resolveModel(ID, hub.options({ backoffMilliseconds: 20_000, signal: controller.signal }));
    setTimeout(() => controller.abort(), 300);
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a mirror', () => {
  let saved: string | undefined;
  beforeEach(() => void (saved = process.env['HF_ENDPOINT']));
  afterEach(() => {
    if (saved === undefined) delete process.env['HF_ENDPOINT'];
    else process.env['HF_ENDPOINT'] = saved;
  });

  it('is taken from HF_ENDPOINT of the process, unless an environment is given', async () => {
    process.env['HF_ENDPOINT'] = `${hub.server.endpoint}/`;
    const { folder } = await resolveModel(ID, { cacheDir: hub.cacheDir, token: false });
    expect(folder.startsWith(hub.cacheDir)).toBe(true);
    expect(hub.server.served.length).toBeGreaterThan(0);
  });
});
