export { expectCode } from './expect-code.js';
export { describeMapper, type DescribeMapperOptions } from './describe-mapper.js';
export { describeCausalLM, type CausalLMFixture } from './describe-causal-lm.js';
export {
  describeEditMethod,
  type DescribeEditMethodOptions,
  type EditMethodCase,
  type EditMethodFixture,
} from './describe-edit-method.js';
export { expectClose } from './expect-close.js';
export { describePromptGenerator, type DescribePromptGeneratorOptions } from './describe-prompt-generator.js';
export { describeScopeDetector, type DescribeScopeDetectorOptions } from './describe-scope-detector.js';
export { syntheticScopeInput } from './synthetic-scope.js';
