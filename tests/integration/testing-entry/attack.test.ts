import { attack } from '../../../src/testing';
import { createClock } from '../../support/clock';
import { DEMO_PASSWORD, startExampleApp } from '../../support/example-app';
import { createLoginHost } from '../../support/login-host';
import { PASSWORD } from '../../support/portal';

describe('attack', () => {
  it('finds nothing in the example app', async () => {
    const clock = createClock();
    const { app, mfa, outbox, stop } = await startExampleApp({ clock, onError: () => undefined });
    try {
      const person = {
        id: 'alan',
        username: 'alan@acme.example',
        password: DEMO_PASSWORD,
        organizationId: 'acme',
      };
      const report = await attack(app, {
        mfa,
        person,
        clock,
        outbox: outbox ?? undefined,
        publicRoutes: ['/signup', '/signup/*', '/outbox', '/outbox.json', '/sso', '/api/ping'],
      });
      expect(report.findings).toEqual([]);
    } finally {
      await stop();
    }
  });

  it('finds nothing in a small host with a sign-in of its own', async () => {
    const { app, mfa, clock, outbox } = createLoginHost();
    const report = await attack(app, {
      mfa,
      person: { id: 'ada', username: 'ada', password: PASSWORD, organizationId: 'acme' },
      clock,
      outbox,
      signIn: (browser, { username, password }) => browser.post('/login', { username, password }),
      publicRoutes: ['/login'],
    });
    expect(report.findings).toEqual([]);
    await mfa.close();
  });
});
