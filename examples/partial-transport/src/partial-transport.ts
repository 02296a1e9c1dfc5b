import { createEditMethod } from '@sakejs/editor';
import { whoWhatNow } from '@sakejs/scope';
import { fromRows, row, type EditMethod, type Mapper, type ModelInfo } from '@sakejs/spec';
import { buresWasserstein } from '@sakejs/transport';

/** How far activations go from the old fact (0) to the new one (1). */
const SHARE = 0.7;

/**
 * A mapper that goes a share s of the way of another: m_s(h) = h + s (m(h) − h).
 *
 * McCann's displacement interpolation: for an optimal m, m_s is the optimal map to the distribution s of the way
 * from source to target along the geodesic. It is fitted again on rows [n, d] that went that far, so that what comes out is a
 * map of the inner mapper's kind, which is stored and loaded as such.
 * Source: McCann, "A convexity principle for interacting gases" (Advances in Mathematics 128, 1997).
 */
export function partWay(inner: Mapper, share: number): Mapper {
  return {
    kind: `part-way ${inner.kind}`,
    fit: async (input) => {
      const { source, sourceGroups } = input;
      const whole = await inner.fit(input);
      const moved = Array.from({ length: source.rows }, (_, index) => {
        const from = row(source, index);
        return whole.apply(from).map((to, j) => from[j]! + share * (to - from[j]!));
      });
      return inner.fit({
        source,
        target: fromRows(moved),
        ...(sourceGroups && { sourceGroups, targetGroups: sourceGroups }),
      });
    },
  };
}

/** SAKE with a map that stops before it arrives: the method that `sake-bench run --methods FILE` takes. */
export default function partialTransport({ layers }: ModelInfo): EditMethod {
  return createEditMethod({
    name: 'partial-transport',
    mapper: partWay(buresWasserstein(), SHARE),
    scope: whoWhatNow({ layers }),
  });
}
