import { SakeError } from '@sakejs/spec';
import { parseAssignment } from '@sakejs/terminal';
import { z } from 'zod';

/** Settings of methods in place of those built in, by the method: `{ rome: { layer: 3 } }`. */
export type MethodSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** As a configuration has them. */
export const methodSettingsSchema: z.ZodType<MethodSettings> = z.record(
  z.string(),
  z.record(z.string(), z.json()),
);

const FORM = 'expected <method>.<setting>=<value>, such as rome.layer=3';

/** `rome.layer=3`, once or more: the value is JSON, or else text as it stands. */
export const methodSettingsFlag = z
  .array(z.string())
  .transform((assignments, context): MethodSettings => {
    const settings: Record<string, Record<string, unknown>> = {};
    for (const text of assignments) {
      const assignment = parseAssignment(text);
      const [method, name, ...rest] = assignment?.name.split('.') ?? [];
      if (!method || !name || rest.length > 0) context.addIssue(`${FORM}, got ${JSON.stringify(text)}`);
      else (settings[method] ??= {})[name] = assignment!.value;
    }
    return settings;
  })
  .optional();

/**
 * Checks that settings are of methods that run, and that these are built in.
 *
 * @throws {SakeError} `invalid-option` for another name.
 */
export function checkSettings(
  settings: MethodSettings | undefined,
  methods: readonly string[],
  isModule: (name: string) => boolean,
): void {
  const own = methods.filter((name) => !isModule(name));
  const stray = Object.keys(settings ?? {}).find((name) => !own.includes(name));
  if (stray === undefined) return;
  throw new SakeError(
    'invalid-option',
    `expected settings of built-in methods that run (${own.join(', ')}), got some of ${JSON.stringify(stray)}`,
  );
}

/** For tables: `layer 3, learningRate 0.2`. */
export const settingsLabel = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
