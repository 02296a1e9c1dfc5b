import { hasUnprintable, normalizeLabel } from '@sakejs/facts';
import type { Statement } from './statement.js';

/** Why a statement is left out. */
export type Rejection = 'empty' | 'unprintable' | 'subject-length' | 'subject-is-object';

/**
 * A statement in the tables' spelling, or why it does not belong there.
 *
 * Escapes that a source left undecoded (`Bogot\u00e1` spelt out) are decoded. Subjects have 2 to 60 characters.
 */
export function cleanStatement(statement: Statement): Statement | Rejection {
  const subject = cleanLabel(statement.subject);
  const object = cleanLabel(statement.object);
  if (subject === '' || object === '') return 'empty';
  if (hasUnprintable(subject) || hasUnprintable(object)) return 'unprintable';
  const length = [...subject].length;
  if (length < 2 || length > 60) return 'subject-length';
  if (subject.toLowerCase() === object.toLowerCase()) return 'subject-is-object';
  return { ...statement, subject, object };
}

function cleanLabel(label: string): string {
  const decoded = label.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return normalizeLabel(decoded);
}
