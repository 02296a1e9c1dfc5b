import { describe, expect, it } from 'vitest';
import { chooseNamedGraph, graphCandidates, graphDtypes, onlyGraph, withPastOf } from './index.js';

describe('chooseNamedGraph', () => {
  it('takes of every two graphs the one with the more precise name', () => {
    const endings = ['', '_fp16', '_quantized', '_q8', '_int8', '_uint8', '_q4', '_q4f16', '_bnb4', '_q2', '_q2f16', '_q1', '_q1f16'];
    const names = endings.map((ending) => `onnx/model${ending}.onnx`);
    for (const [index, better] of names.entries())
      for (const worse of names.slice(index + 1)) expect(chooseNamedGraph([worse, better])).toBe(better);
  }); // prettier-ignore

  it.each([
    [['model.onnx', 'onnx/model.onnx'], 'onnx/model.onnx'],
    [['onnx/model_fp16.onnx', 'decoder_with_past_model.onnx'], 'decoder_with_past_model.onnx'],
    [['onnx/decoder_model_merged.onnx', 'model.onnx'], 'model.onnx'],
    [['decoder_with_past_model.onnx', 'decoder_model.onnx'], 'decoder_model.onnx'],
    [['cpu/model.onnx', 'past.onnx'], undefined],
    [[], undefined],
  ])('takes of %j the graph %s', (paths, graph) => {
    expect(chooseNamedGraph(paths)).toBe(graph);
  });

  it('takes no other precision than the one that is asked for', () => {
    expect(chooseNamedGraph(['onnx/model.onnx'], 'q4')).toBeUndefined();
    expect(chooseNamedGraph(['onnx/model.onnx', 'model_q8.onnx'], 'quantized')).toBe('model_q8.onnx');
  });
});

describe('graphCandidates', () => {
  it('gives each precision names of its own, but for quantized, which is q8', () => {
    const others = graphDtypes.filter((dtype) => dtype !== 'quantized');
    expect(graphCandidates('quantized')).toEqual(graphCandidates('q8'));
    const all = others.flatMap(graphCandidates);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('onlyGraph', () => {
  it('is none of several', () => {
    expect(onlyGraph(['a/b.onnx', 'config.json'])).toBe('a/b.onnx');
    expect(onlyGraph(['a.onnx', 'b.onnx'])).toBeUndefined();
    expect(onlyGraph(['config.json'])).toBeUndefined();
  });
});

describe('withPastOf', () => {
  it.each([
    ['onnx/decoder_model_quantized.onnx', 'onnx/decoder_with_past_model_quantized.onnx'],
    ['decoder_model/decoder_model.onnx', 'decoder_model/decoder_with_past_model.onnx'],
    ['decoder_model_merged.onnx', undefined],
    ['decoder_with_past_model.onnx', undefined],
    ['decoder_model/model.onnx', undefined],
  ])('of %s is %s', (graph, other) => {
    expect(withPastOf(graph)).toBe(other);
  });
});
