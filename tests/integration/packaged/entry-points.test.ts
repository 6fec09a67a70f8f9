import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as qrCodes from 'qrcode';
import manifest from '../../../package.json';
import { BUNDLED, packageCode, QR_CODES } from '../../../build/package-code';
import { TEST_KEY } from '../../support/portal';
import { writePackage } from '../../support/written-package';

// Several files hold the code of the package, and two module systems reach it: all of them must share one state.

const run = promisify(execFile);
const root = join(__dirname, '..', '..', '..');

let folder: string;
beforeAll(async () => {
  // Below node_modules, where the packages that it imports are found.
  folder = await mkdtemp(join(root, 'node_modules', '.packaged-'));
  const installed = join(folder, 'node_modules', 'express-mfa');
  await writePackage(installed);
  await Promise.all(
    ['index', 'redis', 'smtp', 'testing'].map((name) =>
      cp(join(root, 'src', `${name}.mts`), join(installed, 'dist', `${name}.mjs`)),
    ),
  );
  await cp(join(root, 'views'), join(installed, 'views'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function printed(name: string, code: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  await writeFile(join(folder, name), code);
  const { stdout } = await run(process.execPath, [join(folder, name)], { env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

const REFUSED = `
const refused = (call) => { try { call(); } catch (error) { return error; } };
const errors = [refused(() => smtpEmail({})), refused(() => redisStores(undefined))];
console.log(JSON.stringify(errors.map((error) => error instanceof ConfigurationError)));
`;

it('throws the same class of error from each entry point', async () => {
  const imports = `
    const { ConfigurationError } = require('express-mfa');
    const { redisStores } = require('express-mfa/redis');
    const { smtpEmail } = require('express-mfa/smtp');`;
  expect(await printed('errors.cjs', imports + REFUSED)).toEqual([true, true]);
});

it('throws the same class of error in an ES module', async () => {
  const imports = `
    import { ConfigurationError } from 'express-mfa';
    import { redisStores } from 'express-mfa/redis';
    import { smtpEmail } from 'express-mfa/smtp';`;
  expect(await printed('errors.mjs', imports + REFUSED)).toEqual([true, true]);
});

it('exports the same things to ES modules as to CommonJS', async () => {
  const code = `
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const same = [];
    for (const name of ['express-mfa', 'express-mfa/redis', 'express-mfa/smtp', 'express-mfa/testing']) {
      const [required, imported] = [require(name), await import(name)];
      const names = Object.keys(required);
      same.push(names.length > 0 && names.every((key) => imported[key] === required[key]));
    }
    console.log(JSON.stringify(same));`;
  expect(await printed('twins.mjs', code)).toEqual([true, true, true, true]);
});

const createWith = (options: string) => `
  const { createMfa, createOutbox, memoryStores } = require('express-mfa');
  try {
    const mfa = createMfa({
      issuer: 'Packaged', baseUrl: 'http://localhost', keys: [process.env.MFA_KEY],
      ...memoryStores(), users: { findById: (id) => ({ id }) }, email: createOutbox().email, ${options}
    });
    console.log(JSON.stringify(typeof mfa.pages()));
  } catch (error) { console.log(JSON.stringify(error.message)); }`;

it('finds the pages of the package beside its code', async () => {
  expect(await printed('pages.cjs', createWith(''), { MFA_KEY: TEST_KEY })).toBe('function');
});

it('switches passkeys on where their package is installed', async () => {
  expect(await printed('passkeys.cjs', createWith('passkeys: {}'), { MFA_KEY: TEST_KEY })).toBe('function');
});

it('says which package passkeys need where it is missing', async () => {
  const hide = `
    const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...rest) {
      if (request.startsWith('@simplewebauthn/')) throw new Error('MODULE_NOT_FOUND');
      return resolve.call(this, request, ...rest);
    };`;
  const code = hide + createWith('passkeys: {}');
  expect(await printed('no-passkeys.cjs', code, { MFA_KEY: TEST_KEY })).toContain(
    'npm install @simplewebauthn/server',
  );
});

it('refuses to load the testing entry point in production', async () => {
  const code = `
    try { require('express-mfa/testing'); console.log('"loaded"'); }
    catch (error) { console.log(JSON.stringify(error.name)); }`;
  expect(await printed('testing.cjs', code, { NODE_ENV: 'production' })).toBe('ConfigurationError');
});

it('has the command as a program of its own', async () => {
  const command = join(folder, 'node_modules', 'express-mfa', 'dist', 'cli.js');
  const { stdout } = await run(process.execPath, [command, '--help']);
  expect(stdout).toContain('express-mfa COMMAND');
});

describe('the packages whose code is part of ours', () => {
  it('are named with their licenses', async () => {
    const { notices } = await packageCode();
    const named = [...notices.matchAll(/^## (\S+) /gm)].map(([, name]) => name);
    expect(named).toEqual(BUNDLED);
    for (const name of BUNDLED) {
      const license = ['LICENSE', 'LICENSE.md', 'license'].map((file) =>
        readFile(join(root, 'node_modules', name, file), 'utf8').catch(() => null),
      );
      const text = (await Promise.all(license)).find((one) => one !== null);
      expect(notices).toContain(text?.trim());
    }
  });

  it('are not installed beside it', () => {
    const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    expect(installed.filter((name) => BUNDLED.includes(name))).toEqual([]);
  });

  it('draw the QR codes that the whole of qrcode draws', async () => {
    const uri = 'otpauth://totp/Acme:ada%40acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme';
    const part = jest.requireActual<typeof qrCodes>(QR_CODES);
    expect(part.create(uri, {}).modules.data).toEqual(qrCodes.create(uri, {}).modules.data);
    expect(await part.toString(uri, { type: 'svg' })).toBe(await qrCodes.toString(uri, { type: 'svg' }));
  });
});
