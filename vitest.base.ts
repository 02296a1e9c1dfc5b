import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The vitest settings every project shares; packages see each other's `src`. */
export function projectTests(overrides: ViteUserConfig['test'] = {}): ViteUserConfig {
  return defineConfig({
    resolve: { conditions: ['@sakejs/source'] },
    ssr: { resolve: { conditions: ['@sakejs/source'] } },
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      reporters: ['default', 'json'],
      outputFile: { json: 'reports/vitest.json' },
      pool: 'forks',
      testTimeout: 30_000,
      hookTimeout: 30_000,
      ...overrides,
    },
  });
}
