import { SakeError } from '@sakejs/spec';
import { parseAssignment } from '@sakejs/terminal';
import { methodNames } from 'sakejs';
import { z } from 'zod';

/** Settings of methods in place of those built in, by the method: `{ rome: { layer: 3 } }`. */
export type MethodSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As a configuration has them. */
export const methodSettingsSchema: z.ZodType<MethodSettings> = z.record(
  z.string(),
  z
    .record(z.string(), z.json())
    .refine((own) => Object.keys(own).length > 0, 'expected at least one setting'),
);

const FORM = 'expected <method>.<setting>=<value>, such as rome.layer=3';

/** `rome.layer=3`, once or more: the value is JSON, or else text as it stands. */
export const methodSettingsFlag = z
  .array(z.string())
  .transform((assignments, context): MethodSettings => {
    const settings = new Map<string, Map<string, unknown>>();
    for (const text of assignments) {
      const assignment = parseAssignment(text);
      const [method, name, ...rest] = assignment?.name.split('.') ?? [];
      if (!method || !name || rest.length > 0) context.addIssue(`${FORM}, got ${JSON.stringify(text)}`);
      else settings.set(method, (settings.get(method) ?? new Map()).set(name, assignment!.value));
    }
    return Object.fromEntries([...settings].map(([method, own]) => [method, Object.fromEntries(own)]));
  })
  .optional();

/** The first method among settings that is not built in or does not run, and what is wrong with it; undefined for none. */
export function straySettings(
  settings: MethodSettings | undefined,
  methods: readonly string[],
): { readonly method: string; readonly message: string } | undefined {
  const own = methods.filter((name) => methodNames.includes(name));
  const method = Object.keys(settings ?? {}).find((name) => !own.includes(name));
  if (method === undefined) return undefined;
  const may = own.length === 0 ? 'none does' : own.join(', ');
  return {
    method,
    message: `expected settings of built-in methods that run (${may}), got some of ${JSON.stringify(method)}`,
  };
}

/** @throws {SakeError} `invalid-option` as {@link straySettings} has it. */
export function checkSettings(
  settings: MethodSettings | undefined,
  methods: readonly string[],
  command: string,
): void {
  const stray = straySettings(settings, methods);
  if (stray !== undefined)
    throw new SakeError('invalid-option', `sake-bench ${command}: --set: ${stray.message}`);
}

/** For tables: `layer 3, learningRate 0.2`. */
export const settingsLabel = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
