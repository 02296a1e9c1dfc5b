import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beyondRepair, ioError } from './journal-error.js';
import { encodeLine, NO_LINE } from './journal-line.js';
import { readLine, type JournalContent } from './scan-journal.js';
import type { ByteSource } from './scan-lines.js';
import { syncFolder } from './sync-folder.js';

/**
 * Writes a journal anew with the whole lines of a damaged one, and puts it in its place in one step.
 *
 * A damaged header is restored when the line that followed it was written under the header asked for.
 *
 * @param headerText the header that the caller would write, JSON; absent without an identity to check.
 * @throws {SakeError} `invalid-file` when the header is lost and nothing tells which it was; `io`.
 */
export async function repairJournal(
  file: string,
  handle: ByteSource,
  content: JournalContent,
  headerText: string | undefined,
): Promise<void> {
  const header = (content.header && (await readLine(handle, content.header, file))?.value) ?? headerText;
  const beginning = encodeLine({ sequence: 0, previous: NO_LINE, key: '', value: header ?? 'null' });
  if (content.header === undefined) {
    const { firstUnit } = content;
    if (header === undefined || firstUnit?.sequence !== 1 || firstUnit.previous !== beginning.sum)
      throw beyondRepair(file, {
        line: 1,
        offset: 0,
        reason: 'a damaged header, so that nothing tells which run the units are of',
      });
  }
  const temporary = `${file}.repaired`;
  try {
    const copy = await open(temporary, 'w');
    try {
      await copy.writeFile(beginning.bytes);
      let previous = beginning.sum;
      let sequence = 1;
      for (const [key, place] of content.index) {
        const line = await readLine(handle, place, file);
        if (line === undefined) continue; // it fails now though it was whole a moment ago: computed again
        const { bytes, sum } = encodeLine({ sequence, previous, key, value: line.value });
        await copy.writeFile(bytes);
        previous = sum;
        sequence++;
      }
      await copy.sync();
    } finally {
      await copy.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw ioError(`repairing ${file}`, cause);
  }
}
