import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Layers, lowest first. `deps` are the layers it may import; `external` the npm packages. */
const libraries = {
  spec: { deps: [], external: ['vitest'] },
  facts: { deps: ['spec'], external: [] },
  transport: { deps: ['spec'], external: ['ml-matrix'] },
  scope: { deps: ['spec'], external: ['ml-matrix'] },
  prompts: { deps: ['spec', 'facts'], external: ['csv-parse', 'openai', 'zod'] },
  onnx: { deps: ['spec'], external: ['@bufbuild/protobuf'] },
  activations: { deps: ['spec', 'onnx'], external: ['onnxruntime-node', '@xenova/transformers', 'zod'] },
  // Its tests load what it writes, which is all that `activations` is there for.
  checkpoints: { deps: ['spec', 'onnx', 'activations'], external: [] },
  'embedded-model': { deps: [], external: [] },
  hub: { deps: ['spec'], external: ['@huggingface/hub'] },
  editor: { deps: ['spec'], external: ['zod'] },
  baselines: { deps: ['spec', 'transport', 'scope', 'editor'], external: ['zod'] },
  evaluation: { deps: ['spec', 'editor'], external: ['zod'] },
  report: {
    deps: ['spec', 'evaluation'],
    external: ['@observablehq/plot', 'linkedom', 'ml-matrix', 'zod'],
  },
  terminal: { deps: ['spec'], external: [] },
};
const beneathUmbrella = Object.keys(libraries).filter(
  (name) => !['checkpoints', 'evaluation', 'report', 'terminal'].includes(name),
);
const everything = [...Object.keys(libraries), 'umbrella'];
const layers = {
  ...libraries,
  umbrella: { deps: beneathUmbrella, external: ['zod'] },
  checks: { deps: [], external: ['eslint'] },
  app: { deps: everything, external: ['zod', 'commander'] },
  tool: { deps: everything, external: ['zod', 'commander', '@xenova/transformers'] },
};
const shared = ['vitest', 'vitest/**', 'tsup'];

const depConstraints = Object.entries(layers).map(([layer, { deps, external }]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: deps.map((dep) => `layer:${dep}`),
  allowedExternalImports: [...shared, ...external, ...external.map((name) => `${name}/**`)],
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/.nx/**',
      '**/reports/**',
      '**/fixtures/**',
      '**/tsup.config.ts',
      '**/vitest.config.ts',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      // A field is left out of a copy by naming it beside the rest.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: true,
          allowCircularSelfDependency: false,
          depConstraints,
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['apps/**/*.ts', 'tools/**/*.ts', '**/apps/**/*.ts', '**/tools/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
