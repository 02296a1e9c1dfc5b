import type { Edit, Loader, SafetensorsFile, Scope, TransportMap } from '@sakejs/spec';
import type { EditHeader, EditIdentity } from './edit-metadata.js';

/** What turns stored maps and scopes back into live ones, one loader a kind. */
export interface EditLoaders {
  readonly mapLoaders: readonly Loader<TransportMap>[];
  readonly scopeLoaders: readonly Loader<Scope>[];
}

/** What an edit of one kind adds to its file, beside what every edit has. */
export interface EncodedParts {
  readonly version: string;
  readonly tensors: SafetensorsFile['tensors'];
  /** Header texts, in the order in which they are written. */
  readonly texts: Readonly<Record<string, string>>;
}

/** An edit's file, once its digest was checked. */
export interface StoredEdit {
  /** Names the file in errors. */
  readonly file: string;
  readonly version: string;
  readonly tensors: SafetensorsFile['tensors'];
  readonly header: EditHeader;
  readonly identity: EditIdentity;
}

/** How edits of one kind are stored: one for each member of the union of edits. */
export interface EditFormat<E extends Edit> {
  readonly kind: E['kind'];
  /** Format versions that it reads. */
  readonly versions: readonly string[];
  /** @throws {SakeError} `unknown-kind` when no loader could read a part again, `invalid-input`. */
  encode(edit: E, loaders: EditLoaders): EncodedParts;
  /** @throws {SakeError} `invalid-file`, `unknown-kind`, `unsupported`. */
  decode(stored: StoredEdit, loaders: EditLoaders): E;
}
