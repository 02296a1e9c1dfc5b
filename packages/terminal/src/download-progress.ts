import { createProgress } from './progress.js';
import type { Streams } from './streams.js';

/** What is about to be downloaded. */
export interface PlannedDownload {
  /** Bytes of all files. */
  readonly totalBytes: number;
  /** Bytes that are still to come. */
  readonly missingBytes: number;
  readonly files: readonly unknown[];
}

/** How far a download is. */
export interface DownloadedSoFar {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly path: string;
}

/** What tells the user of a download. */
export interface DownloadReport {
  readonly onPlan: (plan: PlannedDownload) => void;
  readonly onProgress: (progress: DownloadedSoFar) => void;
  /** Takes the progress line away. */
  end(): void;
}

const MEBIBYTE = 2 ** 20;

/** Announces a download with its size, then shows its progress; silent where nothing has to be downloaded. */
export function reportDownload(streams: Streams, say: (text: string) => void): DownloadReport {
  const progress = createProgress('download', { stream: streams.stderr });
  return {
    onPlan: ({ missingBytes, files }) => {
      if (missingBytes > 0)
        say(
          `downloading ${(missingBytes / MEBIBYTE).toFixed(1)} MiB of ${files.length} files into the Hugging Face cache`,
        );
    },
    onProgress: ({ bytes, totalBytes, path }) => progress.update(bytes, totalBytes, path),
    end: () => progress.end(),
  };
}
