import { SakeError } from '@sakejs/spec';

/** What model calls took, repeated ones included. */
export interface TokenUsage {
  /** Replies asked for, those asked for again included. */
  readonly calls: number;
  /** HTTP requests sent for them: more than `calls` where requests were retried. */
  readonly attempts: number;
  readonly promptTokens: number;
  /** Of `promptTokens`, those that the server had in its cache. */
  readonly cachedPromptTokens: number;
  readonly completionTokens: number;
  /** Calls that failed or whose reply named no usage: what they cost is unknown. */
  readonly callsWithoutUsage: number;
}

/** What the user pays, in any currency, per million tokens. */
export interface TokenPrices {
  readonly promptPerMillion: number;
  readonly completionPerMillion: number;
  /** For prompt tokens in the server's cache. Default: as other prompt tokens. */
  readonly cachedPromptPerMillion?: number;
}

export const noUsage: TokenUsage = {
  calls: 0,
  attempts: 0,
  promptTokens: 0,
  cachedPromptTokens: 0,
  completionTokens: 0,
  callsWithoutUsage: 0,
};

export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    calls: a.calls + b.calls,
    attempts: a.attempts + b.attempts,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedPromptTokens: a.cachedPromptTokens + b.cachedPromptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    callsWithoutUsage: a.callsWithoutUsage + b.callsWithoutUsage,
  };
}

/** Price of the tokens that servers reported: a lower bound where `callsWithoutUsage` is not 0. */
export function costOf(usage: TokenUsage, prices: TokenPrices): number {
  const { promptPerMillion, completionPerMillion, cachedPromptPerMillion = promptPerMillion } = prices;
  const fresh = usage.promptTokens - usage.cachedPromptTokens;
  return (
    (fresh * promptPerMillion +
      usage.cachedPromptTokens * cachedPromptPerMillion +
      usage.completionTokens * completionPerMillion) /
    1e6
  );
}

/** @throws {SakeError} `invalid-option` unless every price is a finite number of at least 0. */
export function checkPrices(where: string, prices: TokenPrices): void {
  for (const [name, price] of Object.entries(prices))
    if (price !== undefined && !(Number.isFinite(price) && price >= 0))
      throw new SakeError(
        'invalid-option',
        `${where}: expected prices.${name} as a number >= 0, got ${price}`,
      );
}
