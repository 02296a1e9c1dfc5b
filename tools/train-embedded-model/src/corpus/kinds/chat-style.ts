/** How a conversation is written down. */
export interface ChatStyle {
  /** In front of what the one who asks says. */
  readonly asker: string;
  /** In front of what the one who answers says. */
  readonly answerer: string;
  /** Whether a line of its own holds each speaker's name. */
  readonly ownLine: boolean;
}

const names: readonly (readonly [string, string])[] = [
  ['User', 'Assistant'],
  ['Human', 'AI'],
  ['Q', 'A'],
  ['Student', 'Teacher'],
  ['Me', 'Bot'],
  ['Visitor', 'Guide'],
  ['Customer', 'Helper'],
  ['Question', 'Answer'],
  ['Child', 'Parent'],
  ['Caller', 'Operator'],
  ['Host', 'Guest'],
  ['You', 'Machine'],
  ['Interviewer', 'Expert'],
];

const layouts: readonly ((name: string) => string)[] = [
  (name) => `${name}:`,
  (name) => `${name}:`,
  (name) => `[${name}]`,
  (name) => `**${name}:**`,
  (name) => `${name} -`,
  (name) => `${name.toUpperCase()}:`,
];

const headed: readonly (readonly [string, string])[] = [
  ['### Instruction:', '### Response:'],
  ['### Request:', '### Reply:'],
  ['### Question', '### Answer'],
  ['<|user|>', '<|assistant|>'],
  ['<|asks|>', '<|replies|>'],
  ['<visitor>', '<guide>'],
  ['[INPUT]', '[OUTPUT]'],
  ['== Asked ==', '== Said =='],
];

/** Named speakers in several layouts, headings, tags and the dashes of a printed dialogue. */
export const chatStyles: readonly ChatStyle[] = [
  ...names.flatMap(([asker, answerer]) =>
    layouts.map((layout) => ({ asker: layout(asker), answerer: layout(answerer), ownLine: false })),
  ),
  ...Array.from({ length: 3 }, () =>
    headed.flatMap(([asker, answerer]) => [
      { asker, answerer, ownLine: true },
      { asker, answerer, ownLine: false },
    ]),
  ).flat(),
  ...Array.from({ length: 6 }, () => ['-', '–', '—', '*', '>'])
    .flat()
    .map((dash) => ({ asker: dash, answerer: dash, ownLine: false })),
];
