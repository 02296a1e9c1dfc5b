import * as Plot from '@observablehq/plot';
import { formatValue } from '../html/format-value.js';
import type { Markup } from '../html/html.js';
import type { ActivationGroup, ActivationPicture, ActivationPoint } from '../input/report-input.js';
import { draw, PLOT_WIDTH } from './draw.js';
import { seriesScales } from './series-style.js';

/** Groups of a picture, in the order of their styles. */
export const activationGroups: readonly ActivationGroup[] = ['source', 'target', 'mapped'];

const HEIGHT = 340;
const MARGIN = 40;

/** Source, target and mapped rows on one plane, one unit as long on both axes; a line from each row to where it is mapped. */
export function activationPlot({ edit, points, explainedVariance }: ActivationPicture): Markup {
  const rows = (group: ActivationGroup): ActivationPoint[] => points.filter((point) => point.group === group);
  const counts = activationGroups.map((group) => `${rows(group).length} ${group}`).join(', ');
  const [first, second] = explainedVariance.map((share) => `${formatValue(share)} % of the variance`);
  const mapped = rows('mapped');
  const source = rows('source');
  const moves = source.length === mapped.length ? source.map((from, at) => ({ from, to: mapped[at]! })) : [];
  const axis = { ticks: 4, labelAnchor: 'center', labelArrow: 'none' } as const;
  return draw(`${edit}: ${counts} rows on two principal components`, {
    height: HEIGHT,
    marginBottom: MARGIN,
    marginLeft: MARGIN,
    ...seriesScales(activationGroups),
    ...squareDomains(points),
    marks: [
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.15 }),
      Plot.axisX({ ...axis, label: `component 1, ${first}` }),
      Plot.axisY({ ...axis, label: `component 2, ${second}` }),
      Plot.link(moves, {
        x1: (move: Move) => move.from.x,
        y1: (move: Move) => move.from.y,
        x2: (move: Move) => move.to.x,
        y2: (move: Move) => move.to.y,
        stroke: 'currentColor',
        strokeOpacity: 0.13,
      }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        stroke: 'group',
        symbol: 'group',
        fill: 'group',
        fillOpacity: 0.25,
        r: 3.5,
        title: (point: ActivationPoint) =>
          `${point.group}${point.label === undefined ? '' : `: ${point.label}`}`,
      }),
    ],
  });
}

interface Move {
  readonly from: ActivationPoint;
  readonly to: ActivationPoint;
}

/** Domains around all points on which a unit is as many pixels on either axis. */
function squareDomains(points: readonly ActivationPoint[]): { readonly x: object; readonly y: object } {
  const extent = (of: readonly number[]): { middle: number; reach: number } => {
    const low = of.reduce((a, b) => Math.min(a, b), Infinity);
    const high = of.reduce((a, b) => Math.max(a, b), -Infinity);
    return { middle: (low + high) / 2, reach: (high - low) / 2 };
  };
  const x = extent(points.map((point) => point.x));
  const y = extent(points.map((point) => point.y));
  const ratio = (HEIGHT - MARGIN - 14) / (PLOT_WIDTH - MARGIN - 14);
  const reach = 1.06 * (Math.max(x.reach, y.reach / ratio) || 1);
  return {
    x: { domain: [x.middle - reach, x.middle + reach] },
    y: { domain: [y.middle - ratio * reach, y.middle + ratio * reach] },
  };
}
