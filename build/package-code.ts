import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build as bundle, transform, type Metafile, type Plugin } from 'esbuild';
import manifest from '../package.json';

// The code of the package: one CommonJS file for each entry point, and one for each part that several of them share, so that a class or
// a registry is the same whichever entry point it comes from.

const ROOT = join(__dirname, '..');
const TARGET = 'node20.19';
/** Otherwise esbuild makes a new RegExp for every use of one with a Unicode property. Node has them since version 10. */
const SYNTAX = { target: TARGET, supported: { 'regexp-unicode-property-escapes': true } } as const;
const COMMON_JS = { format: 'cjs', platform: 'node', ...SYNTAX } as const;

export const ENTRY_POINTS = ['index', 'redis', 'postgres', 'smtp', 'twilio', 'testing'] as const;

/**
 * Packages that are part of ours, with those they need. Installed, qrcode would bring 25 packages that nobody calls, and zod would take
 * 8 MB. otplib needs ES modules, which Jest and Yarn Plug'n'Play do not load from CommonJS on every version of Node that we support.
 */
export const BUNDLED: readonly string[] = [
  '@noble/hashes',
  '@otplib/core',
  '@otplib/hotp',
  '@otplib/plugin-base32-scure',
  '@otplib/plugin-crypto-noble',
  '@otplib/totp',
  '@otplib/uri',
  '@scure/base',
  'dijkstrajs',
  'otplib',
  'qrcode',
  'zod',
];

/** qrcode without the renderers of files and terminals. */
export const QR_CODES = join(ROOT, 'node_modules', 'qrcode', 'lib', 'browser.js');

export interface PackagedCode {
  /** By file name. */
  readonly files: ReadonlyMap<string, string>;
  /** The licenses of the packages whose code is part of the files. */
  readonly notices: string;
}

export async function packageCode(): Promise<PackagedCode> {
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: [
      ...ENTRY_POINTS.map((name) => ({ in: `src/${name}.ts`, out: name })),
      { in: 'src/cli/run-command.ts', out: 'command' },
    ],
    // Never written: this format alone lets esbuild share parts.
    format: 'esm',
    splitting: true,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    chunkNames: 'shared-[hash]',
    platform: 'node',
    ...SYNTAX,
    alias: { qrcode: QR_CODES },
    external: [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)],
    plugins: [shortenOthers],
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = await Promise.all(
    outputFiles.map(
      async ({ path, text }) => [relative(join(ROOT, 'dist'), path), await toCommonJs(text)] as const,
    ),
  );
  const bundled = bundledPackages(metafile);
  const unknown = bundled.filter((name) => !BUNDLED.includes(name));
  if (unknown.length > 0) throw new Error(`Not listed in the manifest or in BUNDLED: ${unknown.join(', ')}`);
  return {
    files: new Map([...files, ['cli.js', await packageProgram()]]),
    notices: await writeNotices(bundled),
  };
}

/**
 * The program that runs the command. As one of the entry points above, it would make esbuild keep the order in which modules are
 * evaluated, by a wrapper around each, since a program does something when it is evaluated.
 */
async function packageProgram(): Promise<string> {
  const program = await readFile(join(ROOT, 'src', 'cli.ts'), 'utf8');
  return (
    await transform(program.replace('./cli/run-command', './command.js'), { ...COMMON_JS, loader: 'ts' })
  ).code;
}

/** Our own code stays readable, for people who look into it and for stack traces. */
const shortenOthers: Plugin = {
  name: 'shorten-others',
  setup: (build) => {
    build.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      // Not the white space: comments say which calls have no effects, and so need not be kept.
      const { code } = await transform(source, {
        minifyIdentifiers: true,
        minifySyntax: true,
        ...SYNTAX,
      });
      return { contents: code, loader: 'js', resolveDir: dirname(path) };
    });
  },
};

async function toCommonJs(module: string): Promise<string> {
  // Comments are for the sources.
  const { code } = await transform(module, { minifyWhitespace: true, ...SYNTAX });
  return (await transform(code, COMMON_JS)).code;
}

function bundledPackages({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const names = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

async function writeNotices(packages: readonly string[]): Promise<string> {
  const notices = await Promise.all(
    packages.map(async (name) => {
      const folder = join(ROOT, 'node_modules', name);
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
      if (file === undefined) throw new Error(`${name} has no license file.`);
      const version = /"version": "([^"]+)"/.exec(await readFile(join(folder, 'package.json'), 'utf8'))?.[1];
      const license = await readFile(join(folder, file), 'utf8');
      return `## ${name} ${version ?? ''}\n\n${license.trim()}\n`;
    }),
  );
  return `# Third-party notices\n\nThe code of this package holds parts of these packages.\n\n${notices.join('\n')}`;
}
