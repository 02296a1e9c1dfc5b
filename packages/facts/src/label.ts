/** A label in the tables' spelling: Unicode NFC, white space runs as one plain space, trimmed. */
export function normalizeLabel(label: string): string {
  return label.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Whether a label holds a control, format, unassigned or replacement character or half a surrogate pair. */
export function hasUnprintable(label: string): boolean {
  return /[\p{C}\uFFFD]/u.test(label);
}

/** Whether `subject` holds `object` as whole words, letter case aside. */
export function leaksObject(subject: string, object: string): boolean {
  const text = subject.toLowerCase();
  const word = object.toLowerCase();
  if (!text.includes(word)) return false;
  const literal = word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])${literal}(?![\\p{L}\\p{N}\\p{M}])`, 'u').test(text);
}

/** Order of labels by UTF-16 code unit: the same on every machine, whatever its locale. */
export function compareLabels(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
