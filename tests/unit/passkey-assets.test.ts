import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const root = join(__dirname, '..', '..');
const asset = (name: string) => readFileSync(join(root, 'views', 'assets', name));

/** The package exports its main file only, and that is two folders below its root. */
const library = dirname(dirname(require.resolve('@simplewebauthn/browser')));

describe('the scripts for passkeys', () => {
  it('hold the bundle of the library as it is installed, with its licence', () => {
    expect(asset('simplewebauthn-browser.js')).toEqual(
      readFileSync(join(library, 'dist', 'bundle', 'index.umd.min.js')),
    );
    expect(asset('simplewebauthn-browser.LICENSE.md')).toEqual(readFileSync(join(library, 'LICENSE.md')));
  });

  it('are 10 KB at most together, compressed', () => {
    const scripts = ['simplewebauthn-browser.js', 'express-mfa-passkey.js'].map((name) =>
      gzipSync(asset(name)),
    );
    expect(Buffer.concat(scripts).length).toBeLessThanOrEqual(10 * 1024);
  });

  it('are loaded by the views of passkeys only', () => {
    const views = readdirSync(join(root, 'views'), { recursive: true, encoding: 'utf8' });
    const loading = views
      .filter((name) => name.endsWith('.ejs'))
      .filter((name) =>
        /express-mfa-passkey\.js|simplewebauthn/.test(readFileSync(join(root, 'views', name), 'utf8')),
      );
    expect(loading.length).toBeGreaterThan(0);
    expect(loading.filter((name) => !name.startsWith(join('factors', 'passkey')))).toEqual([]);
  });
});
