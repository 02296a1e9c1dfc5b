/** Source text of a module with a mapper of its own: h + 0.5, with a loader. */
export function shiftModule(kind: string): string {
  return `
const map = (shift, dim) => ({
  kind: '${kind}',
  dim,
  settings: { shift },
  apply: (activation) => activation.map((value) => value + shift),
  toTensors: () => ({
    kind: '${kind}',
    version: 1,
    tensors: { shift: { shape: [1], data: Float64Array.of(shift) } },
    meta: { dim },
  }),
});
export default { kind: '${kind}', fit: ({ source }) => map(0.5, source.cols) };
export const loader = {
  kind: '${kind}',
  version: 1,
  module: './${kind}.mjs',
  load: ({ tensors, meta }) => map(tensors.shift.data[0], meta.dim),
};
`;
}
