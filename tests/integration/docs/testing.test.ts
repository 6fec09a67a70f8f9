import { createMfa, memoryStores, type Mfa } from 'express-mfa';
import request from 'supertest';
import {
  attack,
  createOutbox,
  createTestClock,
  signInAs,
  type Outbox,
  type TestClock,
} from '../../../src/testing';
import { PROBES } from '../../../src/testing/attack/attack';
import { createBrokenHost } from '../../support/broken-host';
import { codeIn, runCode, sectionOf } from '../../support/docs';
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

  it('attacks an app in a test', async () => {
    const [code = ''] = codeIn('docs/testing.md', 'Attack your app');
    const host = createBrokenHost();
    const written = new Map<string, string>();
    const tests: (() => Promise<void>)[] = [];
    const test = (_name: string, run: () => Promise<void>) => tests.push(run);
    const attackHost: typeof attack = (app, options) =>
      attack(app, { ...options, ...host.options, only: ['replayed-code'] });
    const scope = {
      test,
      expect,
      attack: attackHost,
      app: host.app,
      mfa: host.options.mfa,
      outbox: host.options.outbox,
      clock: host.options.clock,
      writeFileSync: (name: string, text: string) => written.set(name, text),
    };
    await runCode(withoutImports(code), scope);
    await Promise.all(tests.map((run) => run()));
    expect(written.get('attack.md')).toContain('Nothing got through.');
    expect(written.get('attack.xml')).toContain(
      '<testcase classname="ASVS 5.0.0 6.5.1" name="replayed-code"',
    );
    await host.close();
  });

  it('adds a probe of the host', async () => {
    const [code = ''] = codeIn('docs/testing.md', 'A probe of your own');
    const host = createBrokenHost();
    const attackHost: typeof attack = (app, options) =>
      attack(app, { ...host.options, probes: options.probes, only: ['admin-area-is-hidden'] });
    const { mfa, person } = host.options;
    const report = runCode(code.replace('await attack(', 'return attack('), {
      attack: attackHost,
      app: host.app,
      mfa,
      person,
      clock: host.options.clock,
    });
    expect(await report).toMatchObject({ probes: [{ name: 'admin-area-is-hidden', outcome: 'passed' }] });
    await host.close();
  });

  it('lists every probe with its requirements, and no other', () => {
    const rows = sectionOf('docs/testing.md', 'Attack your app').matchAll(
      /^\| `([a-z-]+)`\s*\| ([A-Z].*?)\s*\| ([\d., ]+?)\s*\|$/gm,
    );
    const listed = [...rows].map(([, name, sentence, asvs]) => ({ name, sentence, asvs: asvs?.split(', ') }));
    expect(listed).toEqual(PROBES.map(({ name, sentence, asvs }) => ({ name, sentence, asvs })));
  });
});
