import { whoWhatNow } from '@sakejs/scope';
import type { MapEdit, ScopeDetector } from '@sakejs/spec';
import { identity, meanShift } from '@sakejs/transport';
import { createMethod, loadModel, loadPromptSource } from 'sakejs';
import { describe, expect, it } from 'vitest';
import { tinyRun } from '../../test/tiny-run.js';
import { loadRecords } from '../load-records.js';
import { shareScope } from './share-scope.js';

const tiny = tinyRun();

describe('shareScope', () => {
  it('fits one scope a distribution, the one that each method would have fitted', async () => {
    await using lm = await loadModel(tiny.model, { threads: 1 });
    const prompts = loadPromptSource('template');
    const [first, second] = loadRecords({ records: tiny.records, split: 'dev', limit: 2 }).records;
    let fits = 0;
    const detector = whoWhatNow({ layers: lm.info.layers });
    const counted: ScopeDetector = {
      ...detector,
      fit: (input) => {
        fits++;
        return detector.fit(input);
      },
    };
    const share = shareScope();
    const methods = [meanShift(), identity()].map((mapper) =>
      share((scope = counted) =>
        createMethod('sake', lm.info, { mapper, scope, targets: 'all', implications: false }),
      ),
    );
    for (const { request } of [first!, second!]) {
      const context = { lm, prompts: await prompts.generate(request, { count: 10 }), seed: 0 };
      const edits: MapEdit[] = [];
      for (const method of methods) edits.push((await method.learn(request, context)) as MapEdit);
      const alone = (await createMethod('sake', lm.info, {
        ...{ mapper: identity(), scope: detector, targets: 'all' as const, implications: false },
      }).learn(request, context)) as MapEdit;
      expect(edits.map(({ map }) => map.kind)).toEqual(['mean-shift', 'identity']);
      for (const { scope } of edits) expect(scope.toTensors()).toEqual(alone.scope.toTensors());
    }
    expect(fits).toBe(2);
  });
});
