import type { CausalLM, Matrix, Prompt } from '@sakejs/spec';

/** A model with the words of another one and its own way to weigh them, and the texts that it was to generate from. */
export function otherMind(lm: CausalLM): { readonly other: CausalLM; readonly asked: Prompt[] } {
  const asked: Prompt[] = [];
  const other: CausalLM = {
    ...lm,
    info: { ...lm.info, id: 'other', sha256: '0'.repeat(64) },
    project: async (hidden: Matrix) => {
      const { rows, cols, data } = await lm.project(hidden);
      return { rows, cols, data: data.map((logit) => 2 * logit) };
    },
    generate: (prompt, options) => {
      asked.push(prompt);
      return lm.generate(prompt, options);
    },
    generateBatch: (requests, options) => {
      asked.push(...requests.map(({ prompt }) => prompt));
      return lm.generateBatch(requests, options);
    },
  };
  return { other, asked };
}
