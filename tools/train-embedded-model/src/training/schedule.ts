export interface ScheduleOptions {
  readonly peak: number;
  /** Share of the peak that the last step has. */
  readonly floor: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/** Learning rate of a step (0 = first): linear warm-up to the peak, then a cosine down to the floor. */
export function learningRateAt(
  step: number,
  { peak, floor, warmupSteps, totalSteps }: ScheduleOptions,
): number {
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return peak * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * done))) / 2);
}
