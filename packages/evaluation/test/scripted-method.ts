import { editId } from '@sakejs/editor';
import {
  SakeError,
  type EditMethod,
  type EditRequest,
  type PromptGenerator,
  type PromptOptions,
  type Query,
  type SakeErrorCode,
} from '@sakejs/spec';
import type { ScriptedLM } from './scripted-lm.js';

/** By subject: the texts that its edit fires on, with their distances; the threshold is 1. */
export type Firing = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface ScriptedMethodOptions {
  readonly name?: string;
  /** Subjects whose edit cannot be learned, and with which error. */
  readonly refuses?: Readonly<Record<string, SakeErrorCode>>;
}

/** A method whose edits fire where it is written down, and then make the model say the new object. */
export function createScriptedMethod(
  lm: ScriptedLM,
  firing: Firing,
  { name = 'scripted', refuses = {} }: ScriptedMethodOptions = {},
): EditMethod {
  const unstored = (): never => {
    throw new SakeError('unsupported', 'a scripted edit has no file');
  };
  return {
    name,
    learn: async (request, { prompts, seed = 0 }) => {
      const code = refuses[request.subject];
      if (code !== undefined) throw new SakeError(code, `learn: refuses ${request.subject}`);
      const distances = new Map(
        Object.entries(firing[request.subject] ?? {}).map(([text, distance]) => [
          lm.textIndex(text),
          distance,
        ]),
      );
      const [newToken] = lm.encode(` ${request.targetNew}`).slice(lm.encode('').length);
      return {
        kind: 'map',
        id: editId(request),
        request,
        map: {
          kind: 'scripted',
          dim: lm.info.hiddenSize,
          settings: {},
          apply: (activation) => {
            const mapped = activation.slice() as typeof activation;
            mapped[newToken!] = Math.max(...activation.subarray(0, -1)) + 5;
            return mapped;
          },
          toTensors: unstored,
        },
        scope: {
          kind: 'scripted',
          threshold: 1,
          needs: { layers: [], embedding: false },
          settings: {},
          match: ({ lastTokenActivation }: Query) => ({
            distance: distances.get(lastTokenActivation.at(-1)!) ?? Infinity,
          }),
          toTensors: unstored,
        },
        provenance: {
          method: name,
          createdAt: '2025-01-01T00:00:00.000Z',
          model: { id: lm.info.id, sha256: lm.info.sha256 },
          seed,
          prompts: { count: prompts.prompts.length, source: prompts.source },
          rows: { source: 1, target: 1, obeying: 1 },
          versions: {},
        },
      };
    },
  };
}

/** A source that repeats the request's prompt, fails for some subjects, and remembers what it was asked. */
export interface ScriptedSource extends PromptGenerator {
  readonly asked: { readonly request: EditRequest; readonly options: PromptOptions }[];
}

export function createScriptedSource(fails: Readonly<Record<string, SakeErrorCode>> = {}): ScriptedSource {
  const asked: ScriptedSource['asked'] = [];
  return {
    kind: 'scripted',
    asked,
    generate: async (request, options) => {
      asked.push({ request, options });
      const code = fails[request.subject];
      if (code !== undefined) throw new SakeError(code, `generate: knows nothing of ${request.subject}`);
      return {
        request,
        prompts: [request.prompt.replace('{}', request.subject)],
        positives: [],
        negatives: [],
        source: { kind: 'scripted' },
        dropped: {},
      };
    },
  };
}
