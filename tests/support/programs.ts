import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Program {
  readonly names: readonly string[];
  readonly variable: string;
  readonly aptPackage: string;
  readonly brew: string;
  /** Where the package puts one folder a version, none of them on PATH. */
  readonly folders?: string;
}

const programs = {
  'redis-server': {
    names: ['redis-server'],
    variable: 'REDIS_SERVER',
    aptPackage: 'redis-server',
    brew: 'brew install redis',
  },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    variable: 'CHROMIUM_PATH',
    aptPackage: 'chromium',
    brew: 'brew install --cask chromium',
  },
  oathtool: {
    names: ['oathtool'],
    variable: 'OATHTOOL',
    aptPackage: 'oathtool',
    brew: 'brew install oath-toolkit',
  },
  postgres: {
    names: ['postgres'],
    variable: 'POSTGRES',
    aptPackage: 'postgresql',
    brew: 'brew install postgresql',
    folders: '/usr/lib/postgresql',
  },
} as const satisfies Record<string, Program>;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function findProgramFile({ names, folders }: Program): string | undefined {
  const versions = folders !== undefined && existsSync(folders) ? readdirSync(folders) : [];
  const newest = versions.toSorted((one, other) => Number(other) - Number(one));
  const inFolders = newest.flatMap((version) =>
    names.map((name) => join(folders ?? '', version, 'bin', name)),
  );
  return findOnPath(names) ?? inFolders.find(isExecutable);
}

function installWithApt(aptPackage: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options: ExecFileSyncOptions = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  process.stderr.write(`Installing ${aptPackage} for the tests.\n`);
  execFileSync('apt-get', ['update', '-qq'], options);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', aptPackage], options);
}

/**
 * The path of a program that the tests need: from its environment variable, else from PATH, else installed
 * (root on a machine with apt-get).
 */
export function findProgram(key: keyof typeof programs): string {
  const program: Program = programs[key];
  const given = process.env[program.variable];
  if (given !== undefined && given !== '') {
    if (isExecutable(given)) return given;
    throw new Error(
      `${program.variable} is ${given}, which is not an executable file. Correct it or unset it.`,
    );
  }
  const found = findProgramFile(program);
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && findOnPath(['apt-get']) !== undefined) {
    installWithApt(program.aptPackage);
    const installed = findProgramFile(program);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    `These tests need ${program.names.join(' or ')}. Install it (Debian or Ubuntu: ` +
      `sudo apt-get install -y ${program.aptPackage}; macOS: ${program.brew}) or set ${program.variable} to its path.`,
  );
}
