import { describe, expect, it } from 'vitest';
import { createProgress, formatDuration } from './progress.js';

function recorder(isTTY: boolean): { isTTY: boolean; columns: number; text: string; write(t: string): void } {
  return {
    isTTY,
    columns: 120,
    text: '',
    write(t) {
      this.text += t;
    },
  };
}

describe('createProgress', () => {
  it('writes nothing where the stream is no terminal', () => {
    const stream = recorder(false);
    let time = 0;
    const progress = createProgress('work', { stream, now: () => time });
    for (time = 0; time < 10_000; time += 500) progress.update(time, 10_000);
    progress.end();
    expect(stream.text).toBe('');
  });

  it('stays silent for work that ends within two seconds', () => {
    const stream = recorder(true);
    let time = 0;
    const progress = createProgress('work', { stream, now: () => time });
    for (time = 0; time < 1900; time += 100) progress.update(time, 1900);
    progress.end();
    expect(stream.text).toBe('');
  });

  it('estimates the time that is left from the pace so far', () => {
    const stream = recorder(true);
    let time = 0;
    const progress = createProgress('work', { stream, now: () => time });
    progress.update(0, 100);
    time = 5000;
    progress.update(25, 100, 'loss 1.5');
    expect(stream.text).toContain('work  25% 25/100 ETA 15s  loss 1.5');
  });
});

describe('formatDuration', () => {
  it('shows at most two units', () => {
    expect([5, 95, 7260].map(formatDuration)).toEqual(['5s', '1m 35s', '2h 01m']);
  });
});
