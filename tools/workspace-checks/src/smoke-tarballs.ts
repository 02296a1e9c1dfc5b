import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishablePackages } from './publishable-packages.js';
import { runStep } from './run-step.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Without it, onnxruntime-node downloads CUDA libraries at install on linux/x64. */
const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };

/** Imports every entry of every package and looks for something exported. */
const importAll = (entries: readonly string[]): string => `
for (const entry of ${JSON.stringify(entries)}) {
  const names = Object.keys(await import(entry));
  if (names.length === 0) throw new Error(entry + ' exports nothing');
  console.log(entry + ': ' + names.length + ' exports');
}
`;

/** The README's five lines, on the first of the model's own records. */
const editOneFact = `
import { readFileSync } from 'node:fs';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { learnEdit, loadModel, steer } from 'sakejs';

const { requested_rewrite: fact } = JSON.parse(readFileSync(embeddedRecordsFile('dev'), 'utf8'))[0];
const { subject, prompt } = fact;
const request = { subject, prompt, targetTrue: fact.target_true.str, targetNew: fact.target_new.str };
const lm = await loadModel();
const edit = await learnEdit(request, { lm });
let said = '';
for await (const { text } of steer(lm, [edit]).generate(prompt.replace('{}', subject), { maxTokens: 5 })) said += text;
await lm[Symbol.asyncDispose]();
if (!said.trim().startsWith(request.targetNew)) throw new Error('expected ' + request.targetNew + ', got ' + said);
console.log(prompt.replace('{}', subject) + said);
`;

/** What `@sakejs/prompts` may need of this repository: it is installed with these alone. */
const promptsNeed = ['@sakejs/spec', '@sakejs/facts', '@sakejs/prompts'];

/** The first program of a README: what it says from install to a result. */
function readmeExample(file: string): string {
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(file, 'utf8'))?.[1];
  if (example === undefined) throw new Error(`expected a js example in ${file}, got none`);
  return example;
}

/** Packs every package, installs the tarballs in an empty folder, and uses them there as anyone would. */
async function smoke(folder: string, signal: AbortSignal): Promise<void> {
  const packages = publishablePackages(root);
  const consumer = mkdtempSync(join(folder, 'consumer-'));
  const within = { cwd: consumer, env, signal };
  const step = async (title: string, work: () => Promise<string | undefined>): Promise<void> => {
    const started = performance.now();
    const said = await work();
    console.log(`ok   ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    if (said) console.log(said.trimEnd().replace(/^/gm, '       '));
  };
  const script = (name: string, text: string, seconds: number): Promise<string> => {
    writeFileSync(join(consumer, name), text);
    return runStep(process.execPath, [name], { ...within, seconds });
  };

  for (const { name, directory } of packages)
    if (!existsSync(join(directory, 'dist')))
      throw new Error(`${name} has no dist; build first: npx nx run-many -t build`);
  const tarballs: string[] = [];
  const tarballOf = new Map<string, string>();
  await step(`pack ${packages.length} packages`, async () => {
    for (const { name, directory } of packages) {
      const argv = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
      const [packed] = JSON.parse(await runStep('npm', argv, { cwd: directory, seconds: 120, signal })) as {
        filename: string;
        size: number;
      }[];
      tarballs.push(join(folder, packed!.filename));
      tarballOf.set(name, join(folder, packed!.filename));
    }
    return undefined;
  });
  await step('install them in an empty folder', async () => {
    writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    await runStep('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { ...within, seconds: 300 });
    return undefined;
  });
  const entries = packages
    .flatMap((each) => each.entries)
    .filter((entry) => entry !== '@sakejs/spec/testing');
  await step('import every entry', () => script('imports.mjs', importAll(entries), 60));
  await step('edit a fact of the embedded model', () => script('edit.mjs', editOneFact, 120));
  await step('prompts alone: the example of their README', async () => {
    const alone = mkdtempSync(join(folder, 'prompts-'));
    const there = { cwd: alone, env, signal };
    writeFileSync(join(alone, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const needed = promptsNeed.map((name) => tarballOf.get(name)!);
    await runStep('npm', ['install', '--no-audit', '--no-fund', ...needed], { ...there, seconds: 300 });
    writeFileSync(join(alone, 'example.mjs'), readmeExample(join(root, 'packages/prompts/README.md')));
    const said = await runStep(process.execPath, ['example.mjs'], { ...there, seconds: 60 });
    const prompts = said.split('\n').slice(0, 50);
    if (prompts[0] !== 'The capital of Peru is' || !prompts.every((text) => text.includes('Peru')))
      throw new Error(`expected 50 prompts about Peru, got ${said.slice(0, 500)}`);
    return prompts.slice(0, 3).join('\n');
  });
  for (const command of packages.flatMap(({ commands }) => commands))
    await step(`${command} --help`, async () => {
      const help = await runStep('npx', ['--no-install', command, '--help'], { ...within, seconds: 60 });
      if (!help.startsWith('Usage: ')) throw new Error(`expected help from ${command}, got ${help}`);
      return undefined;
    });
}

const folder = mkdtempSync(join(tmpdir(), 'sakejs-smoke-'));
const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());
try {
  await smoke(folder, ended.signal);
} catch (error) {
  console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
