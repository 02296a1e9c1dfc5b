/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Keys that local servers' manuals give as examples: no secrets, and words that texts may well hold. */
const placeholders: ReadonlySet<string> = new Set([
  'none',
  'empty',
  'dummy',
  'local',
  'ollama',
  'lm-studio',
  'not-needed',
  'no-key',
  'sk-no-key-required',
]);

/** Keys as providers write them, whoever they belong to. */
const keyShapes = /\bsk-[A-Za-z0-9_-]{16,}|\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g;

/** Takes secrets out of texts. */
export interface Redactor {
  /**
   * From now on the secret, and its URL and base64 forms, are taken out; not one shorter than `least` (default 6)
   * characters, which would take words apart.
   */
  add(secret: string | undefined, least?: number): void;
  redact(text: string): string;
}

/** A redactor that knows these secrets, and what keys usually look like. */
export function createRedactor(...secrets: readonly (string | undefined)[]): Redactor {
  const known = new Set<string>();
  const redactor: Redactor = {
    add: (secret, least = 6) => {
      const trimmed = secret?.trim() ?? '';
      if (trimmed.length < least || placeholders.has(trimmed.toLowerCase())) return;
      const base64 = Buffer.from(trimmed).toString('base64');
      for (const form of [
        trimmed,
        encodeURIComponent(trimmed),
        JSON.stringify(trimmed).slice(1, -1),
        base64,
        base64.replace(/=+$/, ''),
      ])
        known.add(form);
    },
    redact: (text) => {
      let clean = text;
      for (const form of [...known].sort((a, b) => b.length - a.length))
        clean = clean.replaceAll(form, () => redacted);
      return clean.replace(keyShapes, () => redacted);
    },
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}
