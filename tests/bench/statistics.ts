/** The value below which so great a part of the others lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** A median, and the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** The ratios of each round: whatever slows a whole round down slows both. */
export function pairedRatio(above: readonly number[], below: readonly number[]): Spread {
  return spreadOf(above.map((value, turn) => value / (below[turn] ?? Number.NaN)));
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
