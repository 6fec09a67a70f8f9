import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, relative, sep } from 'node:path';
import { transformSync } from '@swc/core';
import * as fc from 'fast-check';

/** What is done to the text of each source before it is compiled. */
export type Transform = (file: string, text: string) => string;

export interface ProjectLoader {
  /** Loads files of the project, relative to its root, and everything of the project that they need, anew. */
  load(...files: readonly string[]): void;
  /** The same, but what was loaded of `src/` stays. */
  loadTests(...files: readonly string[]): void;
  /** Forgets what was loaded. `text` is read in place of the file from now on. */
  change(file: string, text: string, transform?: Transform): void;
  isLoaded(file: string): boolean;
}

interface Compiling {
  _compile(code: string, path: string): void;
}

interface Resolving {
  readonly _extensions: Record<string, (module: Compiling, path: string) => void>;
  _resolveFilename: (request: string, ...rest: readonly unknown[]) => string;
}

/** What an adopter's code imports means the source here. */
const OWN_NAME = /^express-mfa(?:\/(\w+))?$/;

function compile(path: string, text: string): string {
  const { code } = transformSync(text, {
    filename: path,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
    sourceMaps: false,
  });
  return code;
}

/** Loads the sources of a project over and over in one process, while the packages they use stay loaded. */
export function createProjectLoader(root: string): ProjectLoader {
  const folders = ['src', 'tests', 'example-app'].map((folder) => join(root, folder) + sep);
  const sources = join(root, 'src') + sep;
  const isOurs = (path: string) =>
    folders.some((folder) => path.startsWith(folder)) && !path.startsWith(__dirname + sep);
  const compiled = new Map<string, string>();
  let changed: { readonly path: string; readonly code: string } | undefined;

  let transform: Transform | undefined;

  // The same examples for every change, or a change could die of luck.
  fc.configureGlobal({ seed: 1 });

  function read(path: string): string {
    const text = readFileSync(path, 'utf8');
    const file = relative(root, path).split(sep).join('/');
    return transform !== undefined && file.startsWith('src/') ? transform(file, text) : text;
  }

  function codeOf(path: string): string {
    if (path === changed?.path) return changed.code;
    const known = compiled.get(path) ?? compile(path, read(path));
    compiled.set(path, known);
    return known;
  }

  const { _extensions: extensions, _resolveFilename: resolve } = Module as unknown as Resolving;
  const loadAsBefore = extensions['.ts'];
  extensions['.ts'] = (module, path) => {
    if (isOurs(path)) module._compile(codeOf(path), path);
    else loadAsBefore?.(module, path);
  };
  (Module as unknown as Resolving)._resolveFilename = (request, ...rest) => {
    const own = OWN_NAME.exec(request);
    return own === null ? resolve(request, ...rest) : join(root, 'src', `${own[1] ?? 'index'}.ts`);
  };

  function load(files: readonly string[], isOver: (path: string) => boolean): void {
    for (const path of Object.keys(require.cache)) if (isOver(path)) delete require.cache[path];
    for (const file of files) require(join(root, file));
  }

  return {
    load: (...files) => load(files, isOurs),
    loadTests: (...files) => load(files, (path) => isOurs(path) && !path.startsWith(sources)),
    change(file, text, wanted) {
      if (transform !== wanted) compiled.clear();
      transform = wanted;
      const path = join(root, file);
      changed = { path, code: compile(path, text) };
    },
    isLoaded: (file) => require.cache[join(root, file)] !== undefined,
  };
}
