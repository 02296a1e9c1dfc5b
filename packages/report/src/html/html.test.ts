import { describe, expect, it } from 'vitest';
import { html, Markup } from './html.js';

describe('html', () => {
  it('escapes text in content and in attributes', () => {
    expect(html`<p title="${'"><script>'}">${"</p><b>a & 'b'"}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;">&lt;/p&gt;&lt;b&gt;a &amp; &#39;b&#39;</p>',
    );
  });

  it('keeps markup, joins lists and drops what is absent', () => {
    expect(html`${[html`<i>${1}</i>`, new Markup('<hr>')]}${null}${undefined}${false}`.text).toBe(
      '<i>1</i><hr>',
    );
  });
});
