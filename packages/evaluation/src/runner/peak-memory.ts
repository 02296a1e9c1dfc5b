import { readFileSync, writeFileSync } from 'node:fs';

/** Milliseconds between looks where the system keeps no peak of its own. */
const EVERY_MS = 5;

/** What was done, and how far it took the process's memory. */
export interface Measured<T> {
  readonly value: T;
  /** Largest resident size while it was done less that before, in bytes; at least 0. */
  readonly bytes: number;
}

/**
 * Does some work and measures by how much the process's resident memory grew meanwhile, at its peak.
 *
 * Of the whole process: what other work allocates at the same time counts too, and what the process had free already, as
 * after an earlier edit, does not. On Linux the peak is the kernel's own (`VmHWM` of `/proc/self/status`, set back before);
 * elsewhere it is the largest of looks every few milliseconds, which see nothing while JavaScript computes.
 */
export async function measurePeakMemory<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const before = process.memoryUsage.rss();
  const peak = resetsPeak() ? kernelPeak : sampledPeak();
  try {
    const value = await work();
    return { value, bytes: Math.max(0, peak() - before) };
  } finally {
    if (peak !== kernelPeak) peak();
  }
}

/** Sets the kernel's peak back to what is resident now; false where there is none. */
function resetsPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return kernelPeak() > 0;
  } catch {
    return false;
  }
}

function kernelPeak(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return 1024 * Number(kilobytes ?? 0);
}

/** Looks now and then until it is asked. */
function sampledPeak(): () => number {
  let most = process.memoryUsage.rss();
  const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}
