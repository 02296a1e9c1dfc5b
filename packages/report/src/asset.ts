import { readFileSync } from 'node:fs';

/** A style sheet or script of `assets`, which lies beside both `src` and `dist`. */
export function asset(name: 'report.css' | 'theme.js' | 'viewer.js'): string {
  return readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8');
}
