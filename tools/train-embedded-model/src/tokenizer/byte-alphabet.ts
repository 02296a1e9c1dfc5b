/**
 * The byte alphabet of byte-level BPE: one printable character for each byte.
 *
 * Printable Latin-1 bytes stand for themselves; the 68 others take the code points from U+0100 on, in order of
 * byte. Source: Radford et al. 2019 (GPT-2).
 */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const CHARACTER_BYTES = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
const utf8Encoder = new TextEncoder();

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as everywhere on the web. */
export function utf8Bytes(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

/** A text's UTF-8 bytes in the byte alphabet: ` é` becomes `ĠÃ©`. */
export function toByteCharacters(text: string): string {
  let characters = '';
  for (const byte of utf8Bytes(text)) characters += BYTE_CHARACTERS[byte];
  return characters;
}

/** The bytes that characters of the byte alphabet stand for, or undefined when one is not of it. */
export function fromByteCharacters(characters: string): Uint8Array | undefined {
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i++) {
    const byte = CHARACTER_BYTES.get(characters[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
