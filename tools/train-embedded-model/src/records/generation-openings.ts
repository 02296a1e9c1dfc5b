/** Openings of free text about a subject of any kind, in our own words. */
export const generationOpenings: readonly string[] = [
  'Here is a short portrait of {}:',
  'What people should know about {} is',
  'Yesterday we talked about {}, and',
  'My notes on {} begin like this:',
  'The first thing to say about {} is',
  'A quiz about {} could start with',
];
