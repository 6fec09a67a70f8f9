import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

// Each check installs the packed package into an empty folder, as an adopter would, and runs `host.mjs` or compiles `consumer.ts.txt`.

const run = promisify(execFile);

export interface Check {
  readonly name: string;
  /** Throws where something does not work. */
  readonly run: (folder: string, tarball: string) => Promise<void>;
}

const HOST = { express: '5', 'express-session': '1', passport: '0.7' };
const TYPES = {
  '@types/express': '5',
  '@types/express-session': '1',
  '@types/node': '20',
  '@types/passport': '1',
  ioredis: '6',
};

type Packages = Readonly<Record<string, string>>;

async function writeManifest(folder: string, dependencies: Packages): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
}

async function install(folder: string, tarball: string, packages: Packages): Promise<void> {
  await writeManifest(folder, { ...packages, 'express-mfa': `file:${tarball}` });
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  MFA_KEY: randomBytes(32).toString('base64'),
  ...more,
});

/** Runs a program and its arguments; it must print that everything works. */
async function expectWorks(
  [program = '', ...given]: readonly string[],
  folder: string,
  env = environment(),
): Promise<void> {
  const { stdout } = await run(program, given, { cwd: folder, env });
  if (!stdout.includes('works')) throw new Error(`It printed ${JSON.stringify(stdout)}.`);
}

const copyHost = (folder: string) => cp(join(__dirname, 'host.mjs'), join(folder, 'host.mjs'));

/** The npm package `node` holds the program. */
const onNode = (version: string): Check => ({
  name: `Node ${version}`,
  run: async (folder, tarball) => {
    await install(folder, tarball, { ...HOST, node: version, '@simplewebauthn/server': '14' });
    await copyHost(folder);
    const node = join(folder, 'node_modules', 'node', 'bin', 'node');
    await expectWorks([node, 'host.mjs'], folder, environment({ PASSKEYS: '1' }));
    await expectWorks([node, '-e', "require('express-mfa'); console.log('works')"], folder);
  },
});

const jest: Check = {
  name: 'Jest',
  run: async (folder, tarball) => {
    await install(folder, tarball, { ...HOST, jest: '30' });
    await writeFile(
      join(folder, 'host.test.js'),
      "it('loads', () => expect(typeof require('express-mfa').createMfa).toBe('function'));",
    );
    await run('npx', ['jest'], { cwd: folder });
  },
};

const pnpm: Check = {
  name: 'pnpm',
  run: async (folder, tarball) => {
    await writeManifest(folder, { ...HOST, 'express-mfa': `file:${tarball}` });
    await copyHost(folder);
    await run('npx', ['--yes', 'pnpm@10', 'install'], { cwd: folder });
    await expectWorks(['node', 'host.mjs'], folder);
  },
};

const yarnPnp: Check = {
  name: 'Yarn Plug’n’Play',
  run: async (folder, tarball) => {
    const yarn = ['--yes', '--package', '@yarnpkg/cli-dist@4', 'yarn'];
    await writeManifest(folder, { ...HOST, 'express-mfa': `file:${tarball}` });
    await copyHost(folder);
    await writeFile(join(folder, '.yarnrc.yml'), 'nodeLinker: pnp\nenableTelemetry: false\n');
    await writeFile(join(folder, 'yarn.lock'), '');
    await run('npx', [...yarn, 'install'], { cwd: folder, env: environment({ CI: '' }) });
    await expectWorks(['npx', ...yarn, 'node', 'host.mjs'], folder);
  },
};

const bundled = (format: 'cjs' | 'esm'): Check => ({
  name: `esbuild, ${format === 'esm' ? 'ES module' : 'CommonJS'}`,
  run: async (folder, tarball) => {
    await install(folder, tarball, HOST);
    await copyHost(folder);
    const outfile = join(folder, 'out', `app.${format === 'esm' ? 'mjs' : 'cjs'}`);
    const require =
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await build({
      entryPoints: [join(folder, 'host.mjs')],
      outfile,
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'error',
      ...(format === 'esm' ? { banner: { js: require } } : {}),
    });
    const refusal = await run('node', [outfile], { cwd: folder, env: environment() }).then(
      () => '',
      ({ stderr }: { stderr: string }) => stderr,
    );
    if (!refusal.includes('viewsPath')) throw new Error('A bundle without its pages names no option.');
    const views = join(folder, 'out', 'views');
    await cp(join(folder, 'node_modules', 'express-mfa', 'views'), views, { recursive: true });
    await expectWorks(['node', outfile], folder, environment({ VIEWS_PATH: views }));
  },
});

const compiled = (version: string, resolutions: readonly string[]): Check => ({
  name: `TypeScript ${version}, moduleResolution ${resolutions.join(', ')}`,
  run: async (folder, tarball) => {
    await install(folder, tarball, { ...HOST, ...TYPES, typescript: `~${version}.0` });
    await writeFile(join(folder, 'consumer.ts'), await readFile(join(__dirname, 'consumer.ts.txt')));
    const compile = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
    for (const moduleResolution of resolutions) {
      const compilerOptions = {
        module: { node: 'commonjs', node16: 'node16', bundler: 'esnext' }[moduleResolution],
        moduleResolution,
        ...(version === '6.0' && moduleResolution === 'node' ? { ignoreDeprecations: '6.0' } : {}),
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        esModuleInterop: true,
        noEmit: true,
        types: ['node'],
      };
      await writeFile(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions, files: ['consumer.ts'] }),
      );
      // Declarations of other packages may need a newer compiler. Ours and the host's own code must have no errors.
      // oxlint-disable-next-line no-await-in-loop
      const said = await run(process.execPath, [compile, '-p', '.', '--pretty', 'false'], {
        cwd: folder,
      }).then(
        ({ stdout }) => stdout,
        ({ stdout }: { stdout: string }) => stdout,
      );
      const ours = said
        .split('\n')
        .filter((line) => /^(consumer|node_modules\/express-mfa|error)/.test(line));
      if (ours.length > 0) throw new Error(`moduleResolution ${moduleResolution}: ${ours.join('\n')}`);
    }
  },
});

export const CHECKS: readonly Check[] = [
  ...['20', '22', '24', '26'].map(onNode),
  jest,
  pnpm,
  yarnPnp,
  bundled('cjs'),
  bundled('esm'),
  ...['5.0', '5.4', '5.9', '6.0'].map((version) => compiled(version, ['node', 'node16', 'bundler'])),
  compiled('7.0', ['node16', 'bundler']),
];
