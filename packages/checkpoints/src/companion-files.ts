import { copyFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files beside the weights that travel as they are, where a checkpoint has them. */
const COPIED = [
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'chat_template.jinja',
  'chat_template.json',
] as const;

/** Files without which no text becomes tokens. */
const NEEDED = ['tokenizer.json', 'tokenizer_config.json'] as const;

/** Copies tokenizer and generation settings; returns what was copied, and which needed files are missing. */
export async function copyCompanions(
  from: string,
  to: string,
): Promise<{ readonly copied: readonly string[]; readonly missing: readonly string[] }> {
  const copied: string[] = [];
  for (const name of COPIED) {
    const entry = await stat(join(from, name)).catch(() => undefined);
    if (entry?.isFile() !== true) continue;
    await copyFile(join(from, name), join(to, name));
    copied.push(name);
  }
  return { copied, missing: NEEDED.filter((name) => !copied.includes(name)) };
}

/** Writes `config.json` as it was, with what transformers.js needs to find the files. */
export async function writeConfig(
  to: string,
  config: Readonly<Record<string, unknown>>,
  model: { readonly dtype: string; readonly file: string; readonly external: boolean },
): Promise<void> {
  const known = config['transformers.js_config'];
  const settings = {
    ...(typeof known === 'object' && known !== null ? known : {}),
    dtype: model.dtype,
    ...(model.external ? { use_external_data_format: { [model.file]: 1 } } : {}),
  };
  const text = JSON.stringify({ ...config, 'transformers.js_config': settings }, null, 2);
  await writeFile(join(to, 'config.json'), `${text}\n`);
}
