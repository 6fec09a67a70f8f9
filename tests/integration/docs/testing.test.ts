import { createMfa, memoryStores, type Mfa } from 'express-mfa';
import request from 'supertest';
import { createOutbox, createTestClock, signInAs, type Outbox, type TestClock } from '../../../src/testing';
import { codeIn, runCode } from '../../support/docs';
import { createLoginHost } from '../../support/login-host';
import { PASSWORD, TEST_KEY, type PortalUser } from '../../support/portal';

/** A function body has no imports. */
const withoutImports = (code: string) => code.replaceAll(/^import .*\n/gm, '');

describe('the code of docs/testing.md', () => {
  it('sets up an app for its tests', async () => {
    const [code = ''] = codeIn('docs/testing.md', 'Set up');
    const options = { issuer: 'Acme', baseUrl: 'http://localhost', keys: [TEST_KEY] };
    const users = { findById: () => undefined };
    const scope = { createMfa, memoryStores, createOutbox, createTestClock, options: { ...options, users } };
    const made = await runCode(`${withoutImports(code)}\nreturn { clock, outbox, mfa };`, scope);
    const { clock, outbox, mfa } = made as {
      readonly clock: TestClock;
      readonly outbox: Outbox;
      readonly mfa: Mfa<PortalUser>;
    };
    clock.advance(1000);
    await outbox.sms.send({ to: '+12025550143', text: 'Hello' }, AbortSignal.timeout(1000));
    expect(outbox.messages).toMatchObject([{ at: clock.now() }]);
    await mfa.close();
  });

  it('signs in past the second factor', async () => {
    const { app, mfa, clock, outbox } = createLoginHost({
      guarded: (host, guarding) => {
        host.get('/payouts', guarding.requireStepUp({ maxAgeSeconds: 300 }), (_req, res) => res.json({}));
      },
    });
    await mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const [code = ''] = codeIn('docs/testing.md', 'Sign in');
    const scope = { request, signInAs, app, outbox, clock };
    const withPassword = code.replace("'secret'", `'${PASSWORD}'`);
    const answer = await runCode(`${withPassword}\nreturn agent.get('/home');`, scope);
    expect(answer).toMatchObject({ status: 200 });
    await mfa.close();
  });
});
