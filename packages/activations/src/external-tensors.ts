import { isExternal, type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor } from '@sakejs/onnx';

type Replace = (tensor: OnnxTensor) => OnnxTensor;

/** Every tensor of a graph that says it lies in another file: initializers, constants, those of nested graphs. */
export function externalTensors(graph: OnnxGraph): OnnxTensor[] {
  const found: OnnxTensor[] = [];
  replaceTensors(graph, (tensor) => {
    if (isExternal(tensor)) found.push(tensor);
    return tensor;
  });
  return found;
}

/** A model with other tensors in the places of some; nothing else is copied. */
export function withTensors(model: OnnxModel, replacements: ReadonlyMap<OnnxTensor, OnnxTensor>): OnnxModel {
  return {
    ...model,
    graph: replaceTensors(model.graph, (tensor) => replacements.get(tensor) ?? tensor),
  };
}

function replaceTensors(graph: OnnxGraph, replace: Replace): OnnxGraph {
  const { sparseInitializers } = graph;
  return {
    ...graph,
    initializers: graph.initializers.map(replace),
    nodes: graph.nodes.map((node) => replaceInNode(node, replace)),
    ...(sparseInitializers && {
      sparseInitializers: sparseInitializers.map((sparse) => replaceSparse(sparse, replace)),
    }),
  };
}

type Sparse = NonNullable<OnnxGraph['sparseInitializers']>[number];

function replaceSparse(sparse: Sparse, replace: Replace): Sparse {
  const { values, indices } = sparse;
  return {
    ...sparse,
    ...(values && { values: replace(values) }),
    ...(indices && { indices: replace(indices) }),
  };
}

function replaceInNode(node: OnnxNode, replace: Replace): OnnxNode {
  if (
    node.attributes.every(
      ({ t, g, tensors, graphs, sparseTensor, sparseTensors }) =>
        [t, g, sparseTensor].every((part) => part === undefined) &&
        [tensors, graphs, sparseTensors].every((parts) => !parts?.length),
    )
  )
    return node;
  return {
    ...node,
    attributes: node.attributes.map((attribute) => {
      const { t, g, tensors, graphs, sparseTensor, sparseTensors } = attribute;
      return {
        ...attribute,
        ...(t && { t: replace(t) }),
        ...(g && { g: replaceTensors(g, replace) }),
        ...(tensors && { tensors: tensors.map(replace) }),
        ...(graphs && { graphs: graphs.map((graph) => replaceTensors(graph, replace)) }),
        ...(sparseTensor && { sparseTensor: replaceSparse(sparseTensor, replace) }),
        ...(sparseTensors && {
          sparseTensors: sparseTensors.map((sparse) => replaceSparse(sparse, replace)),
        }),
      };
    }),
  };
}
