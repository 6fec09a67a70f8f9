import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { dependencies, peerDependencies } from '../../package.json';
import { ROOT } from './docs';
import type { PortalUser } from './portal';

/** What `command-config.ts` sets up. */
export interface CommandSetup {
  readonly redisUrl: string;
  /** Records in PostgreSQL; without it they are in Redis. */
  readonly databaseUrl?: string;
  readonly smtpUrl: string;
  readonly keys: readonly string[];
  readonly users: readonly PortalUser[];
  readonly memberships?: Readonly<Record<string, readonly string[]>>;
}

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of an app in which `npx express-mfa` is run. */
export interface CommandFolder {
  readonly path: string;
  /** Writes a file into the folder. */
  write(name: string, text: string): void;
  run(args: readonly string[], input?: string): Promise<CommandAnswer>;
  /** With `--json`: what stdout holds, and nothing else. */
  runJson(...args: readonly string[]): Promise<{ readonly exitCode: number; readonly json: unknown }>;
  /** Runs documented shell commands; they stop at the first that fails. */
  runShell(commands: string): Promise<CommandAnswer>;
  remove(): void;
}

/** Built, the command starts in a quarter of the time. */
function build(path: string): void {
  buildSync({
    entryPoints: [join(ROOT, 'src', 'cli.ts'), join(__dirname, 'command-config.ts')],
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    outdir: path,
    bundle: true,
    // As in the published package, which holds the code of zod.
    external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
    platform: 'node',
  });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
}

export function openCommandFolder(setup?: CommandSetup): CommandFolder {
  const path = mkdtempSync(join(tmpdir(), 'express-mfa-command-'));
  const entry = join(path, 'cli.cjs');
  const env = {
    ...process.env,
    NODE: process.execPath,
    ENTRY: entry,
    VIEWS: join(ROOT, 'views'),
    COMMAND_SETUP: JSON.stringify(setup),
  };
  build(path);

  function execute(file: string, args: readonly string[], input = ''): Promise<CommandAnswer> {
    return new Promise((resolve, reject) => {
      const child = execFile(file, args, { cwd: path, env }, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : error.code;
        if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
        else reject(error ?? new Error('The command did not end.'));
      });
      child.stdin?.end(input);
    });
  }

  const run = (args: readonly string[], input?: string) => execute(process.execPath, [entry, ...args], input);
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  if (setup !== undefined) write('mfa.config.mjs', "export { default } from './command-config.cjs';\n");
  return {
    path,
    write,
    run,
    async runJson(...args) {
      const { exitCode, stdout } = await run([...args, '--json']);
      return { exitCode, json: JSON.parse(stdout) };
    },
    runShell: (commands) => execute('sh', ['-ec', `npx() { shift; "$NODE" "$ENTRY" "$@"; }\n${commands}`]),
    remove: () => rmSync(path, { recursive: true }),
  };
}
