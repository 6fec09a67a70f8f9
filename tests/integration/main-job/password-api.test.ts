import request from 'supertest';
import { createGuessedHost, newAddress } from '../../support/guessed-host';
import { expressMajors } from '../../support/majors';
import { PASSWORD } from '../../support/portal';
import { wireApp } from '../../support/wired-app';

// Programs that call with a password, or with a token of the host, and keep no session.

const REALM = 'Basic realm="api", charset="UTF-8"';

describe.each(expressMajors)('on Express $major, an API for passwords', ({ express }) => {
  const open = (
    authenticate?: () => Express.User | false,
    enrollment: 'assigned' | 'required' = 'assigned',
  ) =>
    wireApp(
      express,
      (app, { mfa }) => {
        const api = mfa.passwordApi(authenticate === undefined ? {} : { authenticate });
        app.use('/api', api, (req, res) => void res.json({ id: (req.user as { id?: string }).id }));
      },
      { options: { defaultPolicy: { enabled: true, enrollment } } },
    );

  it('asks for a password in answers that no cache keeps', async () => {
    const { app, mfa, errors } = open();
    for (const sent of [request(app).get('/api'), request(app).get('/api').auth('ada', 'wrong')]) {
      const { status, body, headers } = await sent;
      expect([status, body.because]).toEqual([401, 'wrong-credentials']);
      expect([headers['www-authenticate'], headers['cache-control']]).toEqual([REALM, 'no-store']);
    }
    const entered = await request(app).get('/api').auth('ada', PASSWORD);
    expect([entered.body, entered.headers['cache-control']]).toEqual([{ id: 'ada' }, 'no-store']);
    expect(errors).toEqual([]);
    await mfa.close();
  });

  it.each([false, undefined, null, 'ada', 7])('takes %j from the host for nobody', async (given) => {
    const { app, mfa, errors } = open(() => given as false);
    const { status, body } = await request(app).get('/api');
    expect([status, body.because]).toEqual([401, 'wrong-credentials']);
    expect(errors).toEqual([]);
    await mfa.close();
  });

  it('lets the caller in whom the host names, where the policy asks for nothing more', async () => {
    const ada = { id: 'ada', username: 'ada', email: 'ada@acme.example' };
    const assigned = open(() => ada);
    expect((await request(assigned.app).get('/api')).body).toEqual({ id: 'ada' });
    const required = open(() => ada, 'required');
    const refused = await request(required.app).get('/api');
    expect([refused.status, refused.body.because]).toEqual([403, 'mfa-required']);
    await Promise.all([assigned.mfa.close(), required.mfa.close()]);
  });

  it('reports headers of a proxy that the app does not trust', async () => {
    const { app, mfa, errors } = open();
    for (let call = 0; call < 2; call += 1)
      await request(app).get('/api').auth('ada', PASSWORD).set('x-forwarded-for', '192.0.2.7');
    expect(errors).toMatchObject([{ message: expect.stringContaining('trust proxy') }]);
    await mfa.close();
  });
});

describe('an API for passwords that is called with too many wrong ones', () => {
  it('answers once, and knows the address from which its owner was let in', async () => {
    const host = createGuessedHost();
    const home = newAddress();
    expect(await host.call('ada', home)).toBe(200);
    await host.attack('ada');
    expect(await host.call('ada', newAddress())).toBe(429);
    expect(await host.call('ada', home)).toBe(200);
    expect(host.portal.errors).toEqual([]);
    await host.portal.mfa.close();
  });
});
