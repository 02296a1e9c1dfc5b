/** Operators that only attention has. */
export const ATTENTION_OPS: ReadonlySet<string> = new Set([
  'Softmax',
  'Attention',
  'com.microsoft:Attention',
  'com.microsoft:QAttention',
  'com.microsoft:PackedAttention',
  'com.microsoft:MultiHeadAttention',
  'com.microsoft:PackedMultiHeadAttention',
  'com.microsoft:GroupQueryAttention',
  'com.microsoft:PagedAttention',
  'com.microsoft:SparseAttention',
  'com.microsoft:LinearAttention',
  'com.microsoft:DecoderAttention',
  'com.microsoft:DecoderMaskedSelfAttention',
  'com.microsoft:DecoderMaskedMultiHeadAttention',
]);
