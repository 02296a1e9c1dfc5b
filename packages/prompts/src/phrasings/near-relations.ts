/** Relations whose questions mean nearly the same, so that one is no negative of the other. */
const groups: readonly (readonly string[])[] = [
  ['P17', 'P131', 'P276'],
  ['P30', 'P131', 'P276'],
  ['P59', 'P131', 'P276'],
  ['P159', 'P131', 'P276'],
  ['P17', 'P131', 'P1376'],
  ['P364', 'P407'],
  ['P103', 'P1412'],
  ['P127', 'P176', 'P178'],
];

/** Whether two relations are one, or ask nearly the same. */
export function asksTheSame(relation: string, other: string): boolean {
  return relation === other || groups.some((group) => group.includes(relation) && group.includes(other));
}
