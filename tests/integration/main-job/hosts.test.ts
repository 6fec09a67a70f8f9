import { memoryRecords } from '../../support/records';
import type express from 'express';
import session from 'express-session';
import type passport from 'passport';
import { createMfa, createOutbox, memoryState } from '../../../src/index';
import type { MfaOptions } from '../../../src/index';
import { createClock } from '../../support/clock';
import { createHttpAgent } from '../../support/http-agent';
import { expressMajors, passportMinors } from '../../support/majors';
import { plantApp } from '../../support/planted';
import { TEST_KEY } from '../../support/portal';
import { totpCode } from '../../support/totp';

interface HostUser {
  readonly id: number;
  readonly login: string;
}

interface HostRequest extends express.Request {
  flash?: (kind: string, message: string) => void;
}

const combinations = expressMajors.flatMap((major) =>
  passportMinors.map((minor) => ({
    ...major,
    ...minor,
    name: `Express ${major.major} and Passport ${minor.minor}`,
  })),
);

/** An app that had its own login, session store and paths before. */
function createHost(
  combination: (typeof combinations)[number],
  change: {
    readonly verify?: 'callback' | 'request' | 'promise';
    readonly authenticate?: object;
    readonly options?: Partial<MfaOptions<HostUser>>;
    readonly mountBelow?: string;
    readonly parsers?: boolean;
  } = {},
) {
  const { verify = 'callback', authenticate = {}, options = {}, mountBelow = '', parsers = true } = change;
  const { express: build } = combination;
  const clock = createClock();
  const outbox = createOutbox({ clock });
  const records = memoryRecords();
  const users = new Map<number, HostUser>([1, 2].map((id) => [id, { id, login: `user${id}` }]));
  const find = (login: string) => [...users.values()].find((user) => user.login === login);
  const mfa = createMfa<HostUser>({
    issuer: 'Host',
    baseUrl: 'http://localhost',
    keys: [TEST_KEY],
    records,
    state: memoryState(),
    email: outbox.email,
    users: { findById: (id) => users.get(Number(id)) },
    account: ({ login }) => ({ username: login }),
    loginPath: `${mountBelow}/login`,
    pagesPath: `${mountBelow}/mfa`,
    clock,
    ...options,
  });
  const seen: unknown[] = [];
  const app = build();
  const inner = mountBelow === '' ? app : build();
  if (mountBelow !== '') app.use(mountBelow, inner);
  inner.use(session({ secret: 'of the host', resave: false, saveUninitialized: true, name: 'host.sid' }));
  if (parsers) inner.use(build.urlencoded({ extended: true }), build.json());
  inner.use((req: HostRequest, _res, next) => {
    req.flash = (kind, message) => seen.push([kind, message]);
    next();
  });
  const passports: passport.Authenticator = combination.createPassport();
  inner.use(passports.initialize(), passports.session());
  passports.serializeUser((user, done) => done(null, (user as HostUser).id));
  passports.deserializeUser((id: number, done) => done(null, users.get(id) ?? false));
  const fields = { usernameField: 'login', passwordField: 'pass' };
  if (verify === 'callback') {
    passports.use(
      mfa.strategy((login, pass, done) => {
        const user = find(login);
        done(null, user !== undefined && pass === 'right' ? user : false, { message: 'The host says no.' });
      }, fields),
    );
  } else if (verify === 'request') {
    passports.use(
      mfa.strategy(
        (req, login, pass, done) => {
          seen.push(req.path);
          const user = find(login);
          done(null, user !== undefined && pass === 'right' ? user : false);
        },
        { ...fields, passReqToCallback: true },
      ),
    );
  } else {
    passports.use(mfa.strategy(async (login, pass) => (pass === 'right' ? find(login) : false), fields));
  }
  inner.use('/mfa', mfa.pages());
  const parseHere = parsers ? [] : [build.urlencoded({ extended: false }), build.json()];
  inner.post(
    '/login',
    ...parseHere,
    passports.authenticate('mfa', { successRedirect: `${mountBelow}/home`, ...authenticate }),
  );
  inner.post('/signup', (req, res, next) => {
    const user = { id: 3, login: 'user3' };
    users.set(user.id, user);
    req.login(user, (error) => (error ? next(error) : res.redirect(`${mountBelow}/home`)));
  });
  inner.get('/remember', (req, res) => {
    req.session.returnTo = `${mountBelow}/reports?year=2026`;
    res.json({ messages: (req.session as { messages?: unknown }).messages ?? [] });
  });
  inner.use(mfa.guard());
  inner.get(['/home', '/reports'], (req, res) => {
    res.json({ id: (req.user as HostUser).id });
  });
  const agent = createHttpAgent(app, { mountPath: `${mountBelow}/mfa` });
  const logIn = (login: string, pass = 'right') =>
    agent.post(`${mountBelow}/login`, { login, pass }, { accept: 'text/html' });
  const plant = async () => (await plantApp({ records, clock }, '1')).secret;
  const prove = (secret: string) =>
    agent.post(`${mountBelow}/mfa/challenge`, { code: totpCode(secret, clock.now()) });
  const required = () => mfa.policies.save('default', { enabled: true, enrollment: 'required' });
  return { agent, logIn, plant, prove, required, mfa, seen, clock };
}

describe.each(combinations)('on $name', (combination) => {
  it.each(['callback', 'request', 'promise'] as const)(
    'takes a verify callback of the kind %s',
    async (verify) => {
      const { agent, logIn, plant, prove, required, seen } = createHost(combination, {
        verify,
        authenticate: { failureRedirect: '/login?again' },
      });
      await required();
      const secret = await plant();
      const wrong = await logIn('user1', 'wrong');
      expect([wrong.status, wrong.headers['location']]).toEqual([302, '/login?again']);
      const half = await logIn('user1');
      expect([half.status, half.headers['location']]).toEqual([303, '/mfa/challenge']);
      expect((await agent.getJson('/home')).status).toBe(401);
      const whole = await prove(secret);
      expect([whole.status, whole.headers['location']]).toEqual([303, '/home']);
      expect((await agent.getJson('/home')).body).toEqual({ id: 1 });
      expect(seen).toEqual(verify === 'request' ? ['/login', '/login'] : []);
    },
  );

  it('keeps the messages of a failure', async () => {
    const messages = createHost(combination, {
      authenticate: { failureRedirect: '/login', failureMessage: true },
    });
    await messages.logIn('user1', 'wrong');
    expect((await messages.agent.getJson('/remember')).body).toEqual({ messages: ['The host says no.'] });
    const flashes = createHost(combination, {
      authenticate: { failureRedirect: '/login', failureFlash: true },
    });
    await flashes.logIn('user1', 'wrong');
    expect(flashes.seen).toEqual([['error', 'The host says no.']]);
    const plain = createHost(combination);
    expect((await plain.logIn('user1', 'wrong')).status).toBe(401);
  });

  it('goes back to where the host wanted to, after the second step too', async () => {
    const authenticate = { successReturnToOrRedirect: '/home', successRedirect: undefined };
    const { agent, logIn, plant, prove, required } = createHost(combination, { authenticate });
    await agent.getJson('/remember');
    const direct = await logIn('user2');
    expect(direct.headers['location']).toBe('/reports?year=2026');
    await required();
    const secret = await plant();
    await agent.getJson('/remember');
    expect((await logIn('user1')).headers['location']).toBe('/mfa/challenge');
    expect((await prove(secret)).headers['location']).toBe('/reports?year=2026');
  });

  it('guards a session that began with a sign-up of the host', async () => {
    const { agent, required } = createHost(combination);
    expect((await agent.post('/signup')).headers['location']).toBe('/home');
    expect((await agent.getJson('/home')).body).toEqual({ id: 3 });
    await required();
    expect((await agent.getJson('/home')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });

  it('works below a path, with a parser of its own or none before it', async () => {
    const below = createHost(combination, { mountBelow: '/portal', parsers: false });
    await below.required();
    const secret = await below.plant();
    const half = await below.logIn('user1');
    expect(half.headers['location']).toBe('/portal/mfa/challenge');
    const page = await below.agent.get('/portal/mfa/challenge');
    expect(page.text).toContain('action="/portal/mfa/challenge"');
    expect((await below.prove(secret)).headers['location']).toBe('/portal/home');
    expect((await below.agent.getJson('/portal/home')).body).toEqual({ id: 1 });
    const led = await below.agent.get('/portal/home?x=1');
    expect(led.status).toBe(200);
  });

  it('takes the token of a CSRF middleware in front', async () => {
    const { agent, logIn, plant, required } = createHost(combination, {
      options: { csrf: { token: () => 'of-the-host', field: 'host_token' } },
    });
    await required();
    await plant();
    await logIn('user1');
    const page = await agent.get('/mfa/challenge');
    expect(page.text).toContain('name="host_token" value="of-the-host"');
  });

  it('is not led astray by keepSessionInfo', async () => {
    const { agent, logIn, required } = createHost(combination, { authenticate: { keepSessionInfo: true } });
    const before = await agent.csrfToken();
    await logIn('user2');
    const { body } = await agent.getJson('/mfa/state');
    expect(body.signedIn).toBe(true);
    expect(body.csrfToken).not.toBe(before);
    await required();
    expect((await agent.getJson('/home')).body).toMatchObject({ outcome: 'enroll' });
  });
});
