import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build as bundle, transform, type Metafile, type Plugin } from 'esbuild';
import manifest from '../package.json';

// The code of the package: one CommonJS file for each entry point, and one for each part that several of them share, so that a class or
// a registry is the same whichever entry point it comes from.

const ROOT = join(__dirname, '..');
const TARGET = 'node20.19';

export const ENTRY_POINTS = ['index', 'redis', 'postgres', 'smtp', 'twilio', 'testing', 'cli'] as const;

/**
 * Packages that are part of ours. We use a small part of each, and they would bring dozens of other packages. Only these may be
 * imported without standing in the manifest's `dependencies` or `peerDependencies`.
 */
export const BUNDLED = [] as const;

export interface PackagedCode {
  /** By file name. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages whose code is part of the files. */
  readonly bundled: readonly string[];
}

export async function packageCode(): Promise<PackagedCode> {
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: ENTRY_POINTS.map((name) => `src/${name}.ts`),
    // Never written: this format alone lets esbuild share parts.
    format: 'esm',
    splitting: true,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    chunkNames: 'shared-[hash]',
    platform: 'node',
    target: TARGET,
    external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
    plugins: [withoutComments],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code } = await transform(text, { format: 'cjs', platform: 'node', target: TARGET });
      return [relative(join(ROOT, 'dist'), path), code] as const;
    }),
  );
  const bundled = bundledPackages(metafile);
  const unknown = bundled.filter((name) => !BUNDLED.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`Not listed in the manifest or in BUNDLED: ${unknown.join(', ')}`);
  return { files: new Map(files), bundled };
}

/** Comments are for the sources. */
const withoutComments: Plugin = {
  name: 'without-comments',
  setup: (build) => {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const { code } = await transform(source, {
        loader: 'ts',
        minifyWhitespace: true,
        sourcefile: path,
        target: TARGET,
      });
      return { contents: code, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

function bundledPackages({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
