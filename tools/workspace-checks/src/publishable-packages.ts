import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package of the workspace that npm gets. */
export interface PublishablePackage {
  readonly name: string;
  readonly directory: string;
  /** What can be imported: the name, and a name for each further entry. */
  readonly entries: readonly string[];
  /** Commands that it installs. */
  readonly commands: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** Every package under `packages` and `apps` that is not private, by folder. */
export function publishablePackages(root: string): PublishablePackage[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => join(root, group, name))
      .filter((directory) => existsSync(join(directory, 'package.json')))
      .flatMap((directory): PublishablePackage[] => {
        const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
        if (manifest.private === true) return [];
        const { name, exports = {}, bin = {} } = manifest;
        return [
          {
            name,
            directory,
            entries: Object.keys(exports).map((entry) => name + entry.slice(1)),
            commands: Object.keys(bin),
          },
        ];
      }),
  );
}
