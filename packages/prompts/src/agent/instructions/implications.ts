import { fillPrompt, type EditRequest } from '@sakejs/spec';
import { z } from 'zod';
import type { Ask, Instruction, InstructionExample, InstructionKind } from './instruction.js';

/** A question whose answer follows from the fact, and what it is before and after the edit. */
export interface ImplicationItem {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

/** What implications over one or two further facts have in common. */
export interface ImplicationForm {
  readonly kind: InstructionKind;
  readonly version: number;
  /** How the answer is reached, in words. */
  readonly route: (request: EditRequest) => string;
  readonly examples: readonly InstructionExample<ImplicationItem>[];
}

const item = z.strictObject({ prompt: z.string(), before: z.string(), after: z.string() });

/** An instruction for implications, its answers stated so that it can be checked that the edit changes them. */
export function implicationInstruction(form: ImplicationForm): Instruction<ImplicationItem> {
  return {
    kind: form.kind,
    version: form.version,
    item,
    shape: '{"prompt": "text", "before": "answer", "after": "answer"}',
    task: (request, ask) => task(form, request, ask),
    examples: form.examples,
    toLine: ({ prompt, before, after }) => `${prompt} | ${before} | ${after}`,
    fromLine: (line) => {
      const [prompt, before, after, ...rest] = line.split('|').map((part) => part.trim());
      return prompt && before && after && rest.length === 0 ? { prompt, before, after } : undefined;
    },
  };
}

function task({ route }: ImplicationForm, request: EditRequest, { size }: Ask): string {
  const open = fillPrompt(request.prompt, request.subject);
  const [before, after] = [request.targetTrue, request.targetNew].map((object) => JSON.stringify(object));
  return [
    `Fact before: ${JSON.stringify(`${open} ${request.targetTrue}`)}`,
    `Fact after: ${JSON.stringify(`${open} ${request.targetNew}`)}`,
    `Write ${size} texts that ask for something that follows from the fact. ${route(request)}`,
    'For each, give the answer before and the answer after. Each text',
    `- names the subject, spelled exactly ${JSON.stringify(request.subject)}, and stops right where the answer has to follow;`,
    `- contains neither ${before} nor ${after}, nor any of its answers, and no blank in the answer's place;`,
    '- has a different answer before and after, each of them known for certain and a few words long.',
  ].join('\n');
}
