import { randomBytes } from 'node:crypto';
import express from 'express';
import request from 'supertest';
import { createMfa, memoryRecords, memoryState, type MfaOptions } from 'express-mfa';
import { codeIn } from '../../support/docs';

/** The documented switch. */
const [switchedOn = ''] = codeIn('docs/passkeys.md', 'Switch them on');
const [wayIn = ''] = codeIn('docs/passkeys.md', 'Sign in without a password');
const [relatedOrigins = ''] = codeIn('docs/passkeys.md', 'Several domains');

describe('the option that switches passkeys on', () => {
  const environment = { env: { MFA_KEY: randomBytes(32).toString('base64') } };
  const users = { findById: async () => null, findByIds: async () => [] } as unknown as MfaOptions['users'];

  function run(code: string): ReturnType<typeof createMfa> {
    // oxlint-disable-next-line no-implied-eval
    return new Function('createMfa', 'process', 'records', 'state', 'users', `${code}\nreturn mfa;`)(
      createMfa,
      environment,
      memoryRecords(),
      memoryState(),
      users,
    );
  }

  it('lets an organization allow the method, and without it none can', async () => {
    const policy = { enabled: true, methods: ['passkey'] };
    const mfa = run(switchedOn);
    await expect(mfa.policies.save('acme', policy)).resolves.toBeDefined();
    await mfa.close();
    const without = run(switchedOn.replace(/passkeys: .*\n/, ''));
    await expect(without.policies.save('acme', policy)).rejects.toThrow('methods');
    await without.close();
  });

  it('lets people sign in without a password only with `users.maySignIn`', async () => {
    const mfa = run(wayIn);
    await mfa.close();
    expect(() => run(wayIn.replace(/maySignIn: .* }/, '}'))).toThrow('users.maySignIn is missing');
  });

  it('serves the list of related origins', async () => {
    const mfa = run(wayIn.replace('signIn: true', "relatedOrigins: ['https://example.de']"));
    const app = express();
    // oxlint-disable-next-line no-implied-eval
    new Function('app', 'mfa', relatedOrigins)(app, mfa);
    const { body } = await request(app).get('/.well-known/webauthn');
    expect(body).toEqual({ origins: ['https://example.de'] });
    await mfa.close();
  });

  it('refuses a domain that the site is not on', () => {
    expect(() => run(switchedOn.replace("rpId: 'example.com'", "rpId: 'example.org'"))).toThrow(
      "Write rpId: 'portal.example.com'",
    );
  });
});
