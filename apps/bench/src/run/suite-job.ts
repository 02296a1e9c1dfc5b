import { join } from 'node:path';
import {
  createProtocol,
  type MethodEntry,
  type Protocol,
  type ProtocolName,
  type Suite,
} from '@sakejs/evaluation';
import type { CausalLM, ModelInfo } from '@sakejs/spec';
import { loadPromptSource } from 'sakejs';
import { ablations } from '../ablations/ablations.js';
import { nestedPrompts } from '../ablations/nested-prompts.js';
import { loadSuites, type SuiteName, type SuiteOptions } from '../bench-suites.js';
import { isModule, methodEntries, UNEDITED } from '../method-entries.js';
import type { MethodSettings } from '../method-settings.js';
import { withFurtherEdits } from '../scaling/further-edits.js';
import { sharedTraining } from './shared-training.js';
import type { MomentsChoice } from '../stats/own-moments.js';
import { tunedEntries } from '../tune/tuned-entries.js';

/** Which methods a job runs, in a form that another process can read. */
export type MethodChoice =
  | {
      readonly kind: 'named';
      readonly names: readonly string[];
      readonly mapper?: string | undefined;
      /** The model that answers in scope of `serac`'s edits, as its name or folder. */
      readonly counterfactual?: string | undefined;
      /** Edits that `serac` trains one classifier for all on. */
      readonly classifierEdits?: number | undefined;
      /** Settings of built-in methods in place of their own. */
      readonly settings?: MethodSettings | undefined;
    }
  | {
      readonly kind: 'ablation';
      readonly name: string;
      /** `template`, or files. */
      readonly sources: readonly string[];
      readonly sizes: readonly number[];
    }
  | {
      readonly kind: 'tune';
      /** The method whose settings are tried. */
      readonly name: string;
      /** Most settings of its grid; which is drawn by the job's seed. */
      readonly budget: number;
    };

/** A protocol, and what differs from the one of its name. */
export interface ProtocolChoice {
  readonly base: ProtocolName;
  readonly changes?: Partial<Omit<Protocol, 'name'>>;
}

/** One suite with some methods under some protocols; plain JSON. */
export interface SuiteJob {
  readonly suite: SuiteName;
  readonly records: SuiteOptions;
  readonly methods: MethodChoice;
  readonly protocols: readonly ProtocolChoice[];
  readonly prompts: string;
  readonly count: number;
  readonly seed: number;
  /** Whether queries are judged with the own gate open as well: under every protocol, or under those named. */
  readonly alsoOpen?: boolean | readonly ProtocolName[];
  /** What methods that change weights take moments of keys from; absent: the project's own text. */
  readonly moments?: MomentsChoice | undefined;
  /** Cases of the suite, with further ones behind it that lend their edits only; absent: the suite's own. */
  readonly cases?: number;
}

/** The suite of a job. @throws {SakeError} as `loadSuites` and `withFurtherEdits`. */
export function suiteOf({ suite, records, cases }: SuiteJob): Suite {
  const asked = loadSuites([suite], records)[0]!;
  return cases === undefined ? asked : withFurtherEdits(asked, cases, records).suite;
}

/** The protocols of a job. */
export function protocolsOf({ protocols }: SuiteJob): Protocol[] {
  return protocols.map(({ base, changes }) => createProtocol(base, changes));
}

/** The name of the counterfactual model that a job's methods want, if they want one. */
export const counterfactualOf = ({ methods }: SuiteJob): string | undefined =>
  methods.kind === 'named' && methods.names.includes('serac') ? methods.counterfactual : undefined;

/** The modules whose loaders read a job's edits again. */
export const mapperModulesOf = ({ methods }: SuiteJob): string[] =>
  methods.kind === 'named' && methods.mapper !== undefined && isModule(methods.mapper)
    ? [methods.mapper]
    : [];

/** What methods of a job find where it runs. */
export interface MethodPlace {
  /** The folder of the run's stores. */
  readonly folder: string;
  /** The model of {@link counterfactualOf}. */
  readonly counterfactual?: CausalLM | undefined;
}

/**
 * The rows of a job's table, on a model.
 *
 * @throws {SakeError} as `methodEntries`.
 */
export async function methodsOf(
  job: SuiteJob,
  info: ModelInfo,
  { folder, counterfactual }: MethodPlace,
): Promise<MethodEntry[]> {
  const { methods, seed, moments } = job;
  if (methods.kind === 'named') {
    const { names, mapper, settings, classifierEdits: edits } = methods;
    const training =
      edits === undefined
        ? undefined
        : sharedTraining(suiteOf(job), {
            ...{ edits, seed, records: job.records.records },
            prompts: loadPromptSource(job.prompts),
          });
    const memoriesDirectory = join(folder, 'memories');
    return methodEntries(names, info, {
      ...{ mapper, counterfactual, training, settings, moments, memoriesDirectory },
    });
  }
  if (methods.kind === 'tune')
    return tunedEntries(methods.name, info, { budget: methods.budget, seed, moments });
  const { name, sizes } = methods;
  // Only the ablation of their number takes more prompts than the job does.
  const largest = name === 'count' ? Math.max(...sizes) : job.count;
  const sources = methods.sources.map((source) => ({
    name: source,
    prompts: nestedPrompts(loadPromptSource(source), largest),
  }));
  return [{ name: UNEDITED }, ...ablations[name]!.variants({ info, sources, sizes })];
}
