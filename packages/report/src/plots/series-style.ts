/** How one series is told from the others: by colour and by shape, since a colour alone is not seen by everyone. */
export interface SeriesStyle {
  readonly color: string;
  readonly symbol: string;
  readonly dash: string;
}

/** Symbols that are filled: those of strokes alone would show nothing. */
const symbols = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star', 'hexagon', 'wye'] as const;
const dashes = ['none', '6 3', '2 2', '8 3 2 3', '10 4', '4 2 1 2', '1 3', '12 2'] as const;

/**
 * Styles by position; colours are variables of the style sheet, so that plots follow the theme.
 *
 * Behind the eighth, colours come again with other symbols and dashes: 64 styles in all.
 */
export function seriesStyle(at: number): SeriesStyle {
  const color = at % symbols.length;
  const shape = (color + 3 * Math.floor(at / symbols.length)) % symbols.length;
  return { color: `var(--series-${color + 1})`, symbol: symbols[shape]!, dash: dashes[shape]! };
}

/** Scales of Plot that give each name its style. */
export function seriesScales(names: readonly string[]): {
  readonly color: object;
  readonly symbol: object;
} {
  const styles = names.map((_, at) => seriesStyle(at));
  return {
    color: { type: 'ordinal', domain: names, range: styles.map(({ color }) => color) },
    symbol: { domain: names, range: styles.map(({ symbol }) => symbol) },
  };
}
