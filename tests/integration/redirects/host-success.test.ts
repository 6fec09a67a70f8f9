import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { plantApp } from '../../support/planted';
import { totpCode } from '../../support/totp';

// What the options of `passport.authenticate` say for a success holds after the second step too, without anything else to write.

interface SignIn {
  /** Whether a second step is asked. */
  readonly secondStep: boolean;
  readonly authenticate: object;
  readonly info?: unknown;
  readonly resumePath?: string;
  /** What the host put into `req.session.returnTo` before. */
  readonly returnTo?: string;
}

describe.each(expressMajors)('on Express $major', ({ express }) => {
  /** The last redirect of a sign-in, and what it left behind. */
  async function signIn({ secondStep, authenticate, info, resumePath, returnTo }: SignIn) {
    const host = createLoginHost({
      express,
      info,
      ...(resumePath === undefined ? {} : { strategy: { resumePath } }),
      login: ({ app, passports }) => {
        const authenticated = passports.authenticate('mfa', authenticate);
        app.post('/accounts/login', authenticated, (req, res) => res.redirect(`/next?scope=${scopeOf(req)}`));
        if (resumePath !== undefined)
          app.get(resumePath, authenticated, (req, res) => res.redirect(`/next?scope=${scopeOf(req)}`));
        app.get('/remember', (req, res) => {
          const { path } = req.query;
          if (typeof path === 'string') req.session.returnTo = path;
          res.end();
        });
        app.get('/messages', (req, res) => {
          res.json((req.session as { messages?: unknown }).messages ?? []);
        });
      },
    });
    const agent = createHttpAgent(host.app);
    if (secondStep) await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    // An organization that never saved a policy asks people for the factors they have.
    if (!secondStep) await host.mfa.policies.save('acme', { enabled: false });
    if (returnTo !== undefined) await agent.get(`/remember?path=${encodeURIComponent(returnTo)}`);
    let answer = await agent.post('/accounts/login', CREDENTIALS);
    if (secondStep) {
      expect(answer.headers['location']).toBe('/mfa/challenge');
      expect(host.flashes).toEqual([]);
      answer = await agent.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
      if (resumePath !== undefined) answer = await agent.get(answer.headers['location'] ?? '');
    }
    // Before the first guarded page, where a flash would be made up for.
    const flashes = [...host.flashes];
    const messages: unknown = (await agent.getJson('/messages')).body;
    expect((await agent.get('/home')).status).toBe(200);
    await host.mfa.close();
    return { location: answer.headers['location'], flashes, messages };
  }

  const scopeOf = (req: { authInfo?: unknown }) =>
    String((req.authInfo as { scope?: unknown } | undefined)?.scope);

  const cases: readonly (readonly [string, Omit<SignIn, 'secondStep'>, object])[] = [
    ['a path', { authenticate: { successRedirect: '/home?new=1' } }, { location: '/home?new=1' }],
    [
      'another origin',
      { authenticate: { successRedirect: 'https://shop.example/cart?x=1' } },
      { location: 'https://shop.example/cart?x=1' },
    ],
    [
      'a place without a scheme',
      { authenticate: { successRedirect: '//shop.example/cart' } },
      { location: expect.stringMatching(/\/\/shop\.example\/cart$/) },
    ],
    [
      'another origin where nothing else was asked for',
      { authenticate: { successReturnToOrRedirect: 'https://shop.example/' } },
      { location: 'https://shop.example/' },
    ],
    [
      'where the person was going',
      { authenticate: { successReturnToOrRedirect: '/home' }, returnTo: '/reports?year=2026' },
      { location: '/reports?year=2026' },
    ],
    [
      'a flash',
      { authenticate: { successRedirect: '/home', successFlash: 'Welcome!' } },
      { location: '/home', flashes: [['success', 'Welcome!']] },
    ],
    [
      'a flash of its own kind',
      { authenticate: { successRedirect: '/home', successFlash: { type: 'info', message: 'Hello.' } } },
      { flashes: [['info', 'Hello.']] },
    ],
    [
      'a flash of what the verify callback says',
      { authenticate: { successRedirect: '/home', successFlash: true }, info: { message: '3 new notes.' } },
      { flashes: [['success', '3 new notes.']] },
    ],
    [
      'a flash of a text, in the kind it names',
      {
        authenticate: { successRedirect: '/home', successFlash: true },
        info: { message: 'Hi.', type: 'note' },
      },
      { flashes: [['note', 'Hi.']] },
    ],
    [
      'no flash where nothing was said',
      { authenticate: { successRedirect: '/home', successFlash: true } },
      { flashes: [] },
    ],
    [
      'no flash of an empty text',
      { authenticate: { successRedirect: '/home', successFlash: true }, info: { message: '' } },
      { flashes: [] },
    ],
    [
      'no flash and no message where none is asked for',
      { authenticate: { successRedirect: '/home' }, info: { message: 'Hi.' } },
      { flashes: [], messages: [] },
    ],
    [
      'no flash and no message where they are switched off',
      {
        authenticate: { successRedirect: '/home', successFlash: null, successMessage: false },
        info: { message: 'Hi.' },
      },
      { flashes: [], messages: [] },
    ],
    [
      'no flash where it is false',
      { authenticate: { successRedirect: '/home', successFlash: false }, info: { message: 'Hi.' } },
      { flashes: [] },
    ],
    [
      'a message',
      { authenticate: { successRedirect: '/home', successMessage: 'Welcome!' } },
      { messages: ['Welcome!'] },
    ],
    [
      'a message of what the verify callback says',
      {
        authenticate: { successRedirect: '/home', successMessage: true, keepSessionInfo: true },
        info: 'Hi.',
      },
      { messages: ['Hi.'] },
    ],
  ];

  it.each(cases)('keeps %s after the second step', async (_what, host, expected) => {
    expect(await signIn({ ...host, secondStep: true })).toMatchObject(expected);
  });

  it.each(cases.filter(([what]) => what !== 'a message'))(
    'keeps %s without one',
    async (_what, host, expected) => {
      expect(await signIn({ ...host, secondStep: false })).toMatchObject(expected);
    },
  );

  it('runs what the host put behind passport.authenticate, with a resumePath', async () => {
    const host = { authenticate: {}, info: { scope: 'all' }, resumePath: '/accounts/done' };
    for (const secondStep of [false, true])
      expect(await signIn({ ...host, secondStep })).toMatchObject({ location: '/next?scope=all' });
  });

  it('runs the options themselves, with a resumePath', async () => {
    const authenticate = { successReturnToOrRedirect: '/home', successFlash: 'Welcome!' };
    const host = { authenticate, resumePath: '/accounts/done', returnTo: '/reports' };
    for (const secondStep of [false, true]) {
      const { location, flashes } = await signIn({ ...host, secondStep });
      expect([location, flashes]).toEqual(['/reports', [['success', 'Welcome!']]]);
    }
  });

  it.each([{}, { successRedirect: 'https://[' }])(
    'goes to the default page where the options lead nowhere: %j',
    async (authenticate) => {
      expect(await signIn({ secondStep: true, authenticate })).toMatchObject({ location: '/' });
    },
  );

  it.each([['//evil.example/'], ['https://evil.example/'], ['/\\evil.example'], ['javascript:alert(1)']])(
    'goes to no other origin that a visitor may have chosen: %s',
    async (returnTo) => {
      const { location } = await signIn({
        secondStep: true,
        authenticate: { successReturnToOrRedirect: '/home' },
        returnTo,
      });
      expect(location).toBe('/home');
    },
  );
});

describe.each(expressMajors)(
  'on Express $major, a flash that the host puts below our pages',
  ({ express }) => {
    it('is said at the first guarded page', async () => {
      const host = createLoginHost({
        express,
        flashBelowPages: true,
        login: ({ app, passports }) => {
          const options = { successRedirect: '/home', successFlash: 'Welcome!' };
          app.post('/login', passports.authenticate('mfa', options));
        },
      });
      await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
      const { secret } = await plantApp(host, 'ada');
      const agent = createHttpAgent(host.app);
      await agent.post('/login', CREDENTIALS);
      await agent.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
      expect(host.flashes).toEqual([]);
      await agent.get('/home');
      await agent.get('/home');
      expect(host.flashes).toEqual([['success', 'Welcome!']]);
      await host.mfa.close();
    });
  },
);
