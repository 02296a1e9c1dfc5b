import type { Edit } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { learnCapital } from '../test/loaders.js';
import { createEditLibrary } from './edit-library.js';

let oldest: Edit;
let newest: Edit;
beforeAll(async () => {
  oldest = await learnCapital('Peru', 'Tokyo', 1);
  newest = await learnCapital('France', 'Rome', 2);
});

describe('createEditLibrary', () => {
  it('adds, finds, lists and removes edits', async () => {
    const library = createEditLibrary();
    await library.add(newest);
    await library.add(oldest);
    expect(library.size).toBe(2);
    expect(library.has(newest.id)).toBe(true);
    expect(library.get(newest.id)).toBe(newest);
    await library.remove(newest.id);
    expect(library.has(newest.id)).toBe(false);
    expect(library.list()).toEqual([oldest]);
  });

  it('lists the oldest first, in whatever order they came', () => {
    expect(createEditLibrary([newest, oldest]).list()).toEqual([oldest, newest]);
  });

  it('orders edits of one instant by id', () => {
    const twin = { ...oldest, id: 'a-twin' };
    expect(createEditLibrary([oldest, twin]).list()).toEqual([twin, oldest]);
  });

  it('refuses an id it has, unless told to replace', async () => {
    const library = createEditLibrary([oldest]);
    const error = await expectCode(() => library.add({ ...oldest }), 'already-exists');
    expect(error.message).toContain('replace: true');
    const again = { ...oldest };
    await library.add(again, { replace: true });
    expect(library.get(oldest.id)).toBe(again);
    expect(library.size).toBe(1);
  });

  it('leaves earlier lists as they were', async () => {
    const library = createEditLibrary([oldest]);
    const before = library.list();
    await library.add(newest);
    expect(before).toEqual([oldest]);
  });

  it('refuses ids it does not have', async () => {
    const library = createEditLibrary();
    await expectCode(() => library.get('nobody'), 'not-found');
    await expectCode(() => library.remove('nobody'), 'not-found');
  });
});
