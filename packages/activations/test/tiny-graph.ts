/** Bytes of a one-node ONNX model: `y = opType(a, b)` over float32 [n, 2], written field by field. */
export function tinyGraph(opType: string): Uint8Array {
  const text = new TextEncoder();
  const field = (number: number, bytes: Uint8Array): number[] => [(number << 3) | 2, bytes.length, ...bytes];
  const string = (number: number, value: string): number[] => field(number, text.encode(value));
  const message = (number: number, ...parts: number[][]): number[] =>
    field(number, Uint8Array.from(parts.flat()));
  const integer = (number: number, value: number): number[] => [number << 3, value];
  const port = (number: number, name: string): number[] => {
    const shape = message(2, message(1, string(2, 'n')), message(1, integer(1, 2)));
    return message(number, string(1, name), message(2, message(1, integer(1, 1), shape)));
  };
  const node = message(1, string(1, 'a'), string(1, 'b'), string(2, 'y'), string(4, opType));
  const graph = message(7, node, string(2, 'tiny'), port(11, 'a'), port(11, 'b'), port(12, 'y'));
  return Uint8Array.from([...integer(1, 8), ...graph, ...message(8, string(1, ''), integer(2, 17))]);
}
