import type { EditMethod, MapEdit, Mapper, PromptEmbedder, ScopeDetector } from '@sakejs/spec';
import type { RowSource } from './further-rows.js';
import { learnEdit, type TargetChoice } from './learn-edit.js';
import type { ImpliedScopes } from './learn-implied.js';
import type { LaterTokens } from './learn-later-maps.js';

/** What sets one map-and-scope method apart from another. */
export interface EditMethodOptions {
  /** Stands in tables and in every edit's provenance. */
  readonly name: string;
  readonly mapper: Mapper;
  readonly scope: ScopeDetector;
  /** Default `'obeying'`. */
  readonly targets?: TargetChoice;
  /** Default true. */
  readonly forcedSource?: boolean;
  /** Default 0. */
  readonly laterTokens?: LaterTokens;
  /** Default none. */
  readonly implied?: ImpliedScopes;
  /** Default none. */
  readonly furtherRows?: RowSource;
  readonly embedder?: PromptEmbedder;
}

/** A method that learns edits with {@link learnEdit} and these options. */
export function createEditMethod({ name, ...options }: EditMethodOptions): EditMethod<MapEdit> {
  return {
    name,
    learn: (request, context) => learnEdit(request, { ...context, ...options, method: name }),
  };
}
