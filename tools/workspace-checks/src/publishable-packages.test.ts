import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publishablePackages } from './publishable-packages.js';

const packages = publishablePackages(fileURLToPath(new URL('../../..', import.meta.url)));

describe('publishablePackages', () => {
  it('finds packages and apps with their entries', () => {
    expect(packages.find(({ name }) => name === 'sakejs')?.entries).toEqual(['sakejs', 'sakejs/testing']);
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@sakejs/spec', '@sakejs/embedded-model', '@sakejs/cli', '@sakejs/bench']),
    );
  });

  it('finds the commands', () => {
    expect(packages.flatMap(({ commands }) => commands).sort()).toEqual(['sake', 'sake-bench', 'sakejs']);
  });

  it('leaves private projects out', () => {
    expect(packages.map(({ name }) => name)).not.toContain('@sakejs/workspace-checks');
  });
});
