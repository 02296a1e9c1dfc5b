import { describe, expect, it } from 'vitest';
import { dataBlock } from './data-block.js';

describe('dataBlock', () => {
  it('holds no tag, whatever the text', () => {
    const data = { prompt: '</script><!--<script>alert(1)' };
    const { text } = dataBlock('d', data);
    const json = text.slice(text.indexOf('>') + 1, -'</script>'.length);
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual(data);
  });
});
