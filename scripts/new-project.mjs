// Scaffolds a workspace project: node scripts/new-project.mjs packages/NAME LAYER "description" [dep ...]
import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';

const [dir, layer, description, ...deps] = process.argv.slice(2);
if (!dir || !layer || !description) {
  console.error(
    'usage: node scripts/new-project.mjs packages/NAME LAYER "description" [dependency@range ...]',
  );
  process.exit(2);
}
const name = basename(dir);
const isPackage = dir.startsWith('packages/');
const write = (file, text) => {
  const path = join(dir, file);
  if (!existsSync(path)) writeFileSync(path, text);
};
mkdirSync(join(dir, 'src'), { recursive: true });
const dependencies = Object.fromEntries(
  deps.map((dep) => {
    const at = dep.includes('@npm:') ? dep.indexOf('@', 1) : dep.lastIndexOf('@');
    return at > 0 ? [dep.slice(0, at), dep.slice(at + 1)] : [dep, '0.1.0'];
  }),
);
const manifest = {
  name: name === 'sakejs' ? 'sakejs' : `@sakejs/${name}`,
  version: '0.1.0',
  ...(isPackage ? {} : { private: true }),
  description,
  license: 'MIT',
  type: 'module',
  engines: { node: '>=20.19' },
  ...(isPackage
    ? {
        sideEffects: false,
        exports: {
          '.': { '@sakejs/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
        },
        files: ['dist'],
      }
    : {}),
  dependencies,
  nx: {
    tags: [`layer:${layer}`],
    targets: isPackage
      ? { lint: {}, typecheck: {}, test: {}, build: {}, 'pack-check': {} }
      : { lint: {}, typecheck: {}, test: {} },
  },
};
write('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
write(
  'tsconfig.json',
  `${JSON.stringify({ extends: '../../tsconfig.base.json', ...(isPackage ? {} : { compilerOptions: { isolatedDeclarations: false, declaration: false } }), include: ['src', 'test'] }, null, 2)}\n`,
);
write(
  'vitest.config.ts',
  `import { projectTests } from '../../vitest.base.js';\n\nexport default projectTests();\n`,
);
if (isPackage)
  write(
    'tsup.config.ts',
    `import { packageBuild } from '../../tsup.base.js';\n\nexport default packageBuild();\n`,
  );
write('src/index.ts', 'export {};\n');
