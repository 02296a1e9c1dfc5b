import type { Fact } from '@sakejs/facts';

/** Facts by one of their parts, groups and facts in the order given. */
export function groupFacts(
  facts: readonly Fact[],
  by: 'relation' | 'subject' | 'object',
): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const group = groups.get(fact[by]);
    if (group) group.push(fact);
    else groups.set(fact[by], [fact]);
  }
  return groups;
}
