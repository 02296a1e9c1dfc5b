import type { Metric } from './metric.js';

/** Mean KL divergence of the edited from the unedited next-token distribution on unrelated text, in nats. */
export const localityKl: Metric = {
  name: 'localityKl',
  higherIsBetter: false,
  unit: 'nats',
  reach: 'leave',
  judge: ({ kl }) => ({ kept: true, value: kl }),
};
