import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readHubSettings } from './hub-settings.js';

const root = mkdtempSync(join(tmpdir(), 'sakejs-hub-settings-'));
afterAll(() => rmSync(root, { recursive: true }));
/** A home without a token file. */
const HF_HOME = join(root, 'empty');

describe('readHubSettings', () => {
  it('has the defaults of the Python library', async () => {
    expect(await readHubSettings({ env: {}, token: false })).toEqual({
      endpoint: 'https://huggingface.co',
      token: undefined,
      cacheDir: join(homedir(), '.cache', 'huggingface', 'hub'),
      offline: undefined,
      timeoutMilliseconds: 30_000,
    });
  });

  it('reads the environment', async () => {
    const env = {
      HF_ENDPOINT: 'http://mirror.test/hf/',
      HF_HOME,
      HF_TOKEN: ' hf_secret\n',
      HF_HUB_OFFLINE: 'True',
      HF_HUB_DOWNLOAD_TIMEOUT: '5',
    };
    expect(await readHubSettings({ env })).toEqual({
      endpoint: 'http://mirror.test/hf',
      token: 'hf_secret',
      cacheDir: join(HF_HOME, 'hub'),
      offline: 'HF_HUB_OFFLINE=True',
      timeoutMilliseconds: 5000,
    });
  });

  it.each([
    [{ HF_HUB_CACHE: '/a', HUGGINGFACE_HUB_CACHE: '/b', HF_HOME: '/c' }, '/a'],
    [{ HUGGINGFACE_HUB_CACHE: '/b', HF_HOME: '/c' }, '/b'],
    [{ HF_HUB_CACHE: '', HF_HOME: '/c' }, join('/c', 'hub')],
    [{ XDG_CACHE_HOME: '/d' }, join('/d', 'huggingface', 'hub')],
    [{ HF_HOME: '~/hf' }, join(homedir(), 'hf', 'hub')],
  ])('finds the cache with %j', async (env, cacheDir) => {
    expect((await readHubSettings({ env, token: false })).cacheDir).toBe(cacheDir);
  });

  it('lets options go before the environment', async () => {
    const env = { HF_ENDPOINT: 'http://a.test', HF_HOME, HF_TOKEN: 'hf_a', HF_HUB_OFFLINE: '1' };
    const options = { endpoint: 'https://b.test', token: 'hf_b', cacheDir: '/b', offline: false, env };
    expect(await readHubSettings({ ...options, timeoutMilliseconds: 7 })).toEqual({
      endpoint: 'https://b.test',
      token: 'hf_b',
      cacheDir: '/b',
      offline: undefined,
      timeoutMilliseconds: 7,
    });
  });

  it('reads the token file of HF_HOME, unless told not to', async () => {
    const home = join(root, 'home');
    mkdirSync(home);
    writeFileSync(join(home, 'token'), 'hf_file\n');
    writeFileSync(join(root, 'elsewhere'), 'hf_elsewhere');
    const token = async (env: Record<string, string>, given?: false): Promise<string | undefined> =>
      (
        await readHubSettings({
          env: { HF_HOME: home, ...env },
          ...(given === false ? { token: given } : {}),
        })
      ).token;
    expect(await token({})).toBe('hf_file');
    expect(await token({ HF_TOKEN: 'hf_variable' })).toBe('hf_variable');
    expect(await token({ HF_TOKEN_PATH: join(root, 'elsewhere') })).toBe('hf_elsewhere');
    expect(await token({ HF_HUB_DISABLE_IMPLICIT_TOKEN: '1', HF_TOKEN: 'hf_variable' })).toBe(undefined);
    expect(await token({}, false)).toBe(undefined);
  });

  it('names a token file that cannot be read', async () => {
    const env = { HF_TOKEN_PATH: root };
    await expect(readHubSettings({ env })).rejects.toMatchObject({ code: 'io', details: { file: root } });
  });

  it.each([
    '',
    'huggingface.co',
    'file:///etc',
    'https://user:pass@host.test',
    'https://host.test/?secret=1',
  ])('refuses the endpoint %j without repeating it', async (endpoint) => {
    const error = await readHubSettings({ endpoint, env: { HF_HOME } }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid-option' });
    expect(inspect(error)).not.toMatch(/pass@|secret/);
  });

  it('refuses a token that no header can carry without repeating it', async () => {
    const error = await readHubSettings({ token: 'hf_se\ncret', env: { HF_HOME } }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'invalid-option' });
    expect(inspect(error, { depth: null })).not.toContain('hf_se');
  });

  it.each([
    [{ HF_HUB_OFFLINE: '0' }, undefined],
    [{ HF_HUB_OFFLINE: 'no' }, undefined],
    [{ TRANSFORMERS_OFFLINE: 'yes' }, 'TRANSFORMERS_OFFLINE=yes'],
  ])('takes %j as %j', async (env, offline) => {
    expect((await readHubSettings({ env, token: false })).offline).toBe(offline);
  });
});
