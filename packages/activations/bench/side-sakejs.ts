import { loadCausalLM } from '../src/load-causal-lm.js';
import { serveSide } from './measured-side.js';

serveSide(async ({ folder, file, threads, captured, prompt, tokens }) => {
  const lm = await loadCausalLM(folder, { file, threads });
  return {
    async capture() {
      await lm.capture(captured);
    },
    async decode(first) {
      const decoded: number[] = [];
      for await (const { token } of lm.generate(prompt, { maxTokens: tokens }))
        if (decoded.push(token) === 1) first();
      return decoded;
    },
  };
});
