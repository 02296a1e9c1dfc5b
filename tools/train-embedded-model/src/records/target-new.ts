/** Longest true or new object of a benchmark edit, in UTF-16 code units. */
export const MAX_TARGET_LENGTH = 24;

/**
 * Whether two objects can be told apart from the first word on: first words differ, and neither begins with the other,
 * letter case aside.
 */
export function areApart(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  const firstWord = (object: string): string => object.split(/[\s-]/)[0]!;
  return firstWord(a) !== firstWord(b) && !a.startsWith(b) && !b.startsWith(a);
}
