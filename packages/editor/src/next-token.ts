import { type CausalLM, type Matrix, row, SakeError } from '@sakejs/spec';

/**
 * The tokens of an object where it continues a text: `encode(' ' + object)`.
 *
 * Tokens that the model puts before every text (a begin-of-text token) are left out.
 *
 * @throws {SakeError} `invalid-input` when the object has no token of its own.
 */
export function objectTokens(lm: Pick<CausalLM, 'encode'>, object: string): number[] {
  const opening = lm.encode('');
  const tokens = lm.encode(` ${object}`);
  const isOpened = opening.every((token, index) => tokens[index] === token);
  const own = tokens.slice(isOpened ? opening.length : 0);
  if (own.length === 0)
    throw new SakeError(
      'invalid-input',
      `objectTokens: expected an object of at least one token, got ${JSON.stringify(object)}`,
    );
  return own;
}

/** The token an object starts with where it continues a text. @throws as {@link objectTokens}. */
export function firstObjectToken(lm: Pick<CausalLM, 'encode'>, object: string): number {
  return objectTokens(lm, object)[0]!;
}

/** The most probable token of every row of logits [n, vocabulary]; ties go to the lowest token id. */
export function greedyTokens(logits: Matrix): number[] {
  const tokens: number[] = [];
  for (let index = 0; index < logits.rows; index++) {
    const values = row(logits, index);
    let best = 0;
    for (let token = 1; token < values.length; token++) if (values[token]! > values[best]!) best = token;
    tokens.push(best);
  }
  return tokens;
}

/**
 * Mean over rows of `log softmax(logits)[token]`, in nats, computed in float64.
 *
 * @throws {SakeError} `not-enough-data` for no rows, `invalid-input` for a token outside the vocabulary.
 */
export function meanLogProbability(logits: Matrix, token: number): number {
  if (logits.rows === 0)
    throw new SakeError(
      'not-enough-data',
      'meanLogProbability: expected at least one row of logits, got none',
    );
  if (!Number.isInteger(token) || token < 0 || token >= logits.cols)
    throw new SakeError(
      'invalid-input',
      `meanLogProbability: expected a token in [0, ${logits.cols}), got ${token}`,
    );
  let total = 0;
  for (let index = 0; index < logits.rows; index++) {
    const values = row(logits, index);
    let largest = -Infinity;
    for (const value of values) if (value > largest) largest = value;
    let sum = 0;
    for (const value of values) sum += Math.exp(value - largest);
    total += values[token]! - largest - Math.log(sum);
  }
  return total / logits.rows;
}
