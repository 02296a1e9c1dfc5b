import type { EditRequest, ScopePrompt } from '@sakejs/spec';

/** Prompts with each alias: the request's own and two others. */
export const promptsPerAlias = 3;

/** Each alias in the request's own prompt and in others, in turn. */
export function* aliasPrompts(
  aliases: readonly string[],
  prompts: readonly string[],
  request: EditRequest,
): Generator<ScopePrompt> {
  for (const [index, alias] of aliases.entries())
    for (let nth = 0; nth < promptsPerAlias; nth++) {
      const at =
        nth === 0 ? 0 : 1 + ((index * (promptsPerAlias - 1) + nth - 1) % Math.max(1, prompts.length - 1));
      const prompt = prompts[at];
      if (prompt === undefined) continue;
      const text = prompt.replaceAll(request.subject, () => alias);
      yield { text, kind: 'paraphrase', subject: alias };
    }
}
