import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { writePackage } from '../../support/written-package';
import { TEST_KEY } from '../../support/portal';

// An app in one file: the pages and mails of the package are not beside its code any more.

const run = promisify(execFile);
const root = join(__dirname, '..', '..', '..');

/** An app that serves one request to itself and prints what came of it. */
const APP = `
import express from 'express';
import passport from 'passport';
import { createMfa, createOutbox, memoryStores } from 'express-mfa';

const outbox = createOutbox();
const viewsPath = process.env.VIEWS_PATH;
async function start() {
  const mfa = createMfa({
    issuer: 'Bundled', baseUrl: 'http://localhost', keys: [process.env.MFA_KEY], ...memoryStores(),
    users: { findById: (id) => ({ id }) }, email: outbox.email, ...(viewsPath ? { viewsPath } : {}),
  });
  const app = express();
  app.use(mfa.sessions(), passport.initialize(), passport.session(), express.urlencoded({ extended: false }));
  passport.use(mfa.strategy(async () => false));
  app.use('/mfa', mfa.pages());
  const server = app.listen(0, '127.0.0.1', async () => {
    const open = async (path) => {
      const answer = await fetch('http://127.0.0.1:' + server.address().port + path, { headers: { accept: 'text/html' } });
      return { status: answer.status, text: await answer.text() };
    };
    const [page, style] = [await open('/mfa/login'), await open('/mfa/assets/express-mfa.css')];
    console.log(JSON.stringify({ page: page.status, isForm: page.text.includes('name="password"'), style: style.status }));
    process.exit(0);
  });
}
start().catch((error) => { console.log(JSON.stringify({ name: error.name, message: error.message })); process.exit(0); });
`;

describe.each(['cjs', 'esm'] as const)('an app that was bundled as %s', (format) => {
  let folder: string;
  const bundle = () => join(folder, 'server', format === 'esm' ? 'app.mjs' : 'app.cjs');

  beforeAll(async () => {
    folder = await mkdtemp(join(root, 'node_modules', '.bundle-'));
    await writeFile(join(folder, 'entry.txt'), APP);
    await writePackage(join(folder, 'package'));
    await build({
      entryPoints: [join(folder, 'entry.txt')],
      loader: { '.txt': 'js' },
      outfile: bundle(),
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'error',
      alias: { 'express-mfa': join(folder, 'package', 'dist', 'index.js') },
      // What esbuild asks for where CommonJS packages end up in an ES module.
      ...(format === 'esm'
        ? {
            banner: {
              js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
            },
          }
        : {}),
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function start(viewsPath = ''): Promise<unknown> {
    const env = { ...process.env, VIEWS_PATH: viewsPath, MFA_KEY: TEST_KEY };
    const { stdout } = await run(process.execPath, [bundle()], { env, cwd: folder });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }

  it('says at its start where the pages belong', async () => {
    expect(await start()).toEqual({
      name: 'ConfigurationError',
      message: expect.stringMatching(
        /^viewsPath: .*bundled.*external: \['express-mfa'\].*viewsPath: path\.join/s,
      ),
    });
  });

  it('shows its pages with a copy of them', async () => {
    const viewsPath = join(folder, 'views');
    await cp(join(root, 'views'), viewsPath, { recursive: true });
    expect(await start(viewsPath)).toEqual({ page: 200, isForm: true, style: 200 });
  });

  it('does not take that copy for the package’s own', async () => {
    await cp(join(root, 'views'), join(folder, 'views'), { recursive: true });
    expect(await start()).toMatchObject({ message: expect.stringMatching(/^viewsPath: .*bundled/) });
  });

  it('says so where the copy is of something else', async () => {
    expect(await start(join(folder, 'nowhere'))).toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('nowhere'),
    });
  });
});
