import { type CausalLM, type ModelInfo, type PromptEdit, SakeError } from '@sakejs/spec';

/**
 * The model that reads a prompt edit's longer prompt: the one of `counterfactuals` with the weights that the edit names, or
 * `lm` where it names none.
 *
 * @throws {SakeError} `invalid-option` where that model is not among them, and as {@link checkSameTokens}.
 */
export function counterfactualModel(
  lm: CausalLM,
  { id, counterfactual }: Pick<PromptEdit, 'id' | 'counterfactual'>,
  counterfactuals: readonly CausalLM[],
  where: string,
): CausalLM {
  if (counterfactual === undefined) return lm;
  const found = counterfactuals.find(({ info }) => info.sha256 === counterfactual.sha256);
  if (found === undefined)
    throw new SakeError(
      'invalid-option',
      `${where}: expected the model ${counterfactual.id} (sha256 ${counterfactual.sha256}) that edit '${id}' is answered by among counterfactuals, got [${counterfactuals.map(({ info }) => info.id).join(', ')}]; load it and pass it as one of \`counterfactuals\``,
      { details: { edit: id, counterfactual } },
    );
  checkSameTokens(lm, found, where);
  return found;
}

/** Cut differently by most tokenizers: capitals, digits, an accent, several spaces, a line break. */
const PROBE = "The year 1789,  as D\u00e9mosth\u00e8ne's  heirs\nsay: ";

/**
 * Checks that two models mean the same by each token: answers of one stand beside those of the other.
 *
 * @throws {SakeError} `invalid-option` for vocabularies of another size, or that cut a text differently.
 */
export function checkSameTokens(lm: CausalLM, other: CausalLM, where: string): void {
  const size = (info: ModelInfo): number => info.vocabularySize;
  const same =
    size(lm.info) === size(other.info) && lm.encode(PROBE).join(' ') === other.encode(PROBE).join(' ');
  if (!same)
    throw new SakeError(
      'invalid-option',
      `${where}: expected a counterfactual model with the tokens of ${lm.info.id} (${size(lm.info)}), got ${other.info.id} (${size(other.info)}) with others; choose a model of the same tokenizer`,
      { details: { model: lm.info.id, counterfactual: other.info.id } },
    );
}
