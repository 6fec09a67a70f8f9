import { randomBytes } from 'node:crypto';
import { ScureBase32Plugin } from 'otplib';
import type { AuthenticatorImport } from '../../../src/index';
import { codeIn, runCode } from '../../support/docs';
import { addPerson, visit } from '../../support/member';
import { oathCode } from '../../support/oathtool';
import { createPortal } from '../../support/portal';

// A key as another system has it, in its table, and a code of its app as oathtool computes it.

const key = randomBytes(20);
const text = randomBytes(16).toString('hex');
const base32 = new ScureBase32Plugin().encode(key);

const portal = createPortal();
beforeAll(() => portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' }));
afterAll(() => portal.mfa.close());

async function signIn(userId: string, code: string): Promise<string> {
  const person = visit(portal);
  expect((await person.logIn(userId)).body).toMatchObject({ outcome: 'challenge' });
  return (await person.postJson('/mfa/challenge', { code })).body.outcome;
}

type Source = (id: string) => object;
type Recipe = (source: object) => AuthenticatorImport | readonly AuthenticatorImport[];

/** The recipe of a section, without its imports: a function body has none. */
async function recipe(code: string, name: 'toRow' | 'toRows', scope: object = {}): Promise<Recipe> {
  const body = `${code.replaceAll(/^import .*\n/gm, '')}\nreturn ${name};`;
  return (await runCode(body, { ...scope, process: { env: {} } })) as Recipe;
}

async function importBy(toRows: Recipe, source: Source): Promise<string> {
  const { id } = addPerson(portal);
  const rows = [await toRows(source(id))].flat();
  expect(await portal.mfa.authenticators.import(rows)).toMatchObject({ imported: rows.length, refusals: [] });
  return id;
}

const now = () => portal.clock.now();

describe('docs/migrating.md', () => {
  it('tries an import', async () => {
    const { id } = addPerson(portal);
    const log = jest.fn();
    const [code = ''] = codeIn('docs/migrating.md', 'Import');
    const rows = [{ userId: id, secret: base32 }];
    await runCode(code, { mfa: portal.mfa, rows, console: { log } });
    expect(log).toHaveBeenCalledWith(1, {}, []);
    expect(await portal.mfa.authenticators.list(id)).toEqual([]);
  });

  it('moves a login of your own with otplib', async () => {
    const { id } = addPerson(portal);
    const [code = ''] = codeIn('docs/migrating.md', 'A login of your own with otplib');
    const db = { all: async () => [{ id, totp_secret: base32 }] };
    expect(await runCode(`${code}\nreturn report;`, { mfa: portal.mfa, db })).toMatchObject({ imported: 1 });
    expect(await signIn(id, oathCode(key, now()))).toBe('signed-in');
  });

  it.each<[string, object, Buffer]>([
    ['base32', { base32 }, key],
    ['hex', { hex: key.toString('hex') }, key],
    ['ascii', { ascii: text }, Buffer.from(text)],
  ])('moves from speakeasy: %s', async (_name, secret, bytes) => {
    const [code = ''] = codeIn('docs/migrating.md', 'speakeasy');
    const id = await importBy(await recipe(code, 'toRow'), (userId) => ({ id: userId, secret }));
    expect(await signIn(id, oathCode(bytes, now()))).toBe('signed-in');
  });

  it.each([30, 60])('moves from passport-totp, with a period of %i s', async (period) => {
    const [code = ''] = codeIn('docs/migrating.md', 'passport-totp');
    const id = await importBy(await recipe(code, 'toRow'), (userId) => ({ id: userId, key: text, period }));
    expect(await signIn(id, oathCode(Buffer.from(text), now(), { period }))).toBe('signed-in');
  });

  it('moves from better-auth', async () => {
    const [code = ''] = codeIn('docs/migrating.md', 'better-auth');
    const symmetricDecrypt = async ({ data }: { data: string }) => data.split('').toReversed().join('');
    const toRow = await recipe(code, 'toRow', { symmetricDecrypt });
    const secret = text.split('').toReversed().join('');
    const id = await importBy(toRow, (userId) => ({ userId, secret }));
    expect(await signIn(id, oathCode(Buffer.from(text), now()))).toBe('signed-in');
  });

  it('moves from django-otp', async () => {
    const [code = ''] = codeIn('docs/migrating.md', 'django-otp');
    const device = { id: 12, name: 'default', key: key.toString('hex'), digits: 8, step: 60 };
    const id = await importBy(await recipe(code, 'toRow'), (userId) => ({ ...device, user_id: userId }));
    expect(await signIn(id, oathCode(key, now(), { digits: 8, period: 60 }))).toBe('signed-in');
  });

  it.each([
    ['a key as text', text, undefined, Buffer.from(text)],
    ['a key in base32', base32, 'BASE32', key],
  ])('moves from Keycloak: %s', async (_name, value, secretEncoding, bytes) => {
    const [code = ''] = codeIn('docs/migrating.md', 'Keycloak');
    const parameters = { digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA256', secretEncoding };
    const otp = (subType: string, id: string) => ({
      id,
      type: 'otp',
      secretData: JSON.stringify({ value }),
      credentialData: JSON.stringify({ subType, ...parameters }),
    });
    const credentials = [
      { id: '1', type: 'password', secretData: '{}', credentialData: '{}' },
      otp('hotp', '2'),
      otp('totp', '5b1f6a3e-0c1d-4f0b-9a53-2f8f5ad0c0de'),
    ];
    const id = await importBy(await recipe(code, 'toRows'), (userId) => ({ id: userId, credentials }));
    expect(await signIn(id, oathCode(bytes, now(), { algorithm: 'SHA256' }))).toBe('signed-in');
  });
});
