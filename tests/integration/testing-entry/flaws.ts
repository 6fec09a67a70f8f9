import type { Request, RequestHandler } from 'express';
import { memoryRecords, memoryState } from '../../../src/index';
import type { RecordStore, StateStore } from '../../../src/index';
import type { Flaw } from '../../support/broken-host';

/** Hosts with one mistake each, and the probe that has to find it. */
export const FLAWS: readonly (Flaw & {
  readonly is: string;
  readonly caughtBy: string;
  /** The request of one of the findings. */
  readonly at: string;
  /** Part of what it says. */
  readonly saying?: string;
})[] = [
  {
    is: 'has a route above the guard',
    above: ({ app }) => app.get('/reports', (req, res) => res.json({ signedIn: req.isAuthenticated() })),
    caughtBy: 'unguarded-route',
    at: 'GET /reports',
  },
  {
    is: 'asks only Passport about a route',
    guard: (guard) => (req, res, next) =>
      req.path === '/reports' && req.isAuthenticated() ? next() : guard(req, res, next),
    below: ({ app }) => app.get(['/account', '/reports'], (_req, res) => res.json({})),
    caughtBy: 'unguarded-route',
    at: 'GET /reports',
    saying: 'answered 200 while unproven',
  },
  {
    is: 'guards reading only',
    guard: (guard) => (req, res, next) => (req.method === 'GET' ? guard(req, res, next) : next()),
    caughtBy: 'unchecked-method',
    at: 'POST /notes',
  },
  {
    is: 'guards pages only',
    guard: (guard) => (req, res, next) =>
      req.get('accept') === 'application/json' ? next() : guard(req, res, next),
    caughtBy: 'other-spelling',
    at: 'GET /',
  },
  {
    is: 'compares paths with case in its guard',
    guard: (guard) => (req, res, next) =>
      ['/', '/account'].includes(req.path) ? guard(req, res, next) : next(),
    below: ({ app }) => app.get('/account', (_req, res) => res.json({ balance: 1 })),
    caughtBy: 'other-spelling',
    at: 'GET /ACCOUNT',
  },
  {
    is: 'has a step-up of its own that checks nothing',
    below: ({ app }) =>
      app.get(
        '/payouts',
        function requireStepUp(_req, _res, next) {
          next();
        },
        (_req, res) => res.json({ paid: true }),
      ),
    caughtBy: 'weak-step-up',
    at: 'GET /payouts',
  },
  {
    is: 'signs in after the password',
    signIn:
      ({ users }) =>
      (req, res, next) => {
        const { username, password } = req.body as { readonly username: string; readonly password: string };
        const user = users.find((one) => one.username === username && one.password === password);
        if (user === undefined) res.redirect('/mfa/login');
        else req.login(user, (error) => (error ? next(error) : res.redirect('/')));
      },
    caughtBy: 'user-before-second-step',
    at: 'GET /',
  },
  {
    is: 'accepts a code twice',
    options: { records: forgetfulRecords() },
    caughtBy: 'replayed-code',
    at: 'the code of one sign-in in another one',
  },
  {
    is: 'accepts a code in several sign-ins at once',
    options: { records: forgetfulRecords() },
    caughtBy: 'raced-code',
    at: 'one code in five sign-ins at once',
  },
  {
    is: 'counts no guesses',
    options: {
      records: losingRecords(/"guesses":\{"codes":.*?\}\}/, '"guesses":{}'),
      state: patientState(),
    },
    caughtBy: 'parallel-guesses',
    at: 'twenty wrong codes at once, then the right one',
  },
  {
    is: 'takes a missing code for a right one',
    ...trusting((req) => req.path === '/mfa/challenge' && (req.body as { code?: unknown }).code === null),
    caughtBy: 'odd-code',
    at: 'the code {"code":null}',
  },
  {
    is: 'skips the second step for a field of the form',
    ...trusting((req) => (req.body as { skipMfa?: unknown } | undefined)?.skipMfa === 'true'),
    caughtBy: 'skipped-by-body',
    at: 'the second step with flags that are true, as a form',
  },
  {
    is: 'keeps the session when somebody signs out',
    below: ({ app }) =>
      app.post('/logout', (_req, res) => res.clearCookie('session').redirect(303, '/mfa/login')),
    caughtBy: 'kept-after-sign-out',
    at: 'POST /logout',
  },
  {
    is: 'knows verified browsers by a cookie that never changes',
    ...knowingBrowsers(),
    caughtBy: 'kept-session-id',
    at: 'cookies from before the sign-in',
  },
  {
    is: 'remembers in the session that an exemption let somebody in',
    guard: rememberingGuard,
    caughtBy: 'kept-decision',
    at: 'a page after the exemption has ended',
  },
  {
    is: 'remembers in the session that the guard let somebody in',
    guard: rememberingGuard,
    caughtBy: 'kept-after-end',
    at: 'a page after the session was ended',
  },
  {
    is: 'has forms without a token',
    below: ({ app }) => app.post('/transfer', (_req, res) => res.redirect(303, '/')),
    caughtBy: 'csrf',
    at: 'POST /transfer',
  },
  {
    is: 'says that it checks tokens, and does not',
    options: { csrf: { token: () => 'token' } },
    caughtBy: 'csrf',
    at: 'POST /mfa/logout',
  },
  {
    is: 'signs out by GET',
    below: ({ app }) =>
      app.get('/logout', (req, res, next) => {
        req.logout((error) => (error ? next(error) : res.redirect('/mfa/login')));
      }),
    caughtBy: 'changing-get',
    at: 'GET /logout',
  },
  {
    is: 'removes a method by GET',
    below: ({ app, mfa }) =>
      app.get('/disable', (_req, res, next) => {
        mfa.members
          .reset({ userId: 'ada', organizationId: 'acme' }, { reason: 'a link' })
          .then(() => res.json({}), next);
      }),
    caughtBy: 'changing-get',
    at: 'GET /disable',
  },
  {
    is: 'takes a code from the address',
    options: { csrf: { token: () => 'token' } },
    above: ({ app }) =>
      app.use('/mfa/challenge', (req, _res, next) => {
        if (req.query['code'] !== undefined) {
          req.method = 'POST';
          req.body = { ...req.query };
        }
        next();
      }),
    caughtBy: 'code-in-address',
    at: 'GET with the right code',
  },
  {
    is: 'redirects to any address',
    below: ({ app }) =>
      app.get('/go', ({ query }, res) => res.redirect(typeof query['url'] === 'string' ? query['url'] : '/')),
    caughtBy: 'open-redirect',
    at: 'GET /go to "https://attacker.example/"',
  },
  {
    is: 'takes every address with a slash in front for its own',
    below: ({ app }) =>
      app.get('/go', ({ query }, res) => {
        const { url } = query;
        res.redirect(typeof url === 'string' && url.startsWith('/') ? url : '/');
      }),
    caughtBy: 'open-redirect',
    at: 'GET /go to "//attacker.example/"',
  },
  {
    is: 'redirects to any address after a sign-in',
    signIn:
      ({ authenticate }) =>
      (req, res, next) => {
        const { next: successRedirect = '/' } = req.body as { readonly next?: string };
        authenticate({ successRedirect })(req, res, next);
      },
    caughtBy: 'open-redirect',
    at: 'a sign-in to "//attacker.example/"',
  },
  {
    is: 'builds links from the Host header',
    above: ({ app, outbox }) =>
      app.post('/forgot', (req, res, next) => {
        const text = `https://${req.get('host')}/reset`;
        const message = { to: 'ada@acme.example', subject: 'Reset', text, html: text };
        outbox.email.send(message, AbortSignal.timeout(1000)).then(() => res.json({}), next);
      }),
    publicRoutes: ['POST /forgot'],
    caughtBy: 'host-header',
    at: 'a message to ada@acme.example',
  },
  {
    is: 'redirects to the host that a proxy names',
    above: ({ app }) =>
      app.get('/start', (req, res) => res.redirect(`https://${req.get('x-forwarded-host') ?? 'localhost'}/`)),
    publicRoutes: ['/start'],
    caughtBy: 'host-header',
    at: 'GET /start',
  },
  {
    is: 'lets caches keep its pages',
    below: ({ app }) =>
      app.get('/account', (_req, res) =>
        res.set('Cache-Control', 'public, max-age=600').json({ balance: 1 }),
      ),
    caughtBy: 'cached-page',
    at: 'GET /account',
  },
  {
    is: 'says who has an account',
    signIn:
      ({ users, authenticate }) =>
      (req, res, next) => {
        const { username } = req.body as { readonly username: string };
        if (users.some((user) => user.username === username))
          authenticate({ successRedirect: '/' })(req, res, next);
        else res.status(404).send('There is no such account.');
      },
    caughtBy: 'enumeration',
    at: 'a wrong password',
  },
];

/** Asks the guard once for each session. */
function rememberingGuard(guard: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const session = req.session as { passed?: boolean };
    if (session.passed === true) return next();
    guard(req, res, (error?: unknown) => {
      session.passed = true;
      next(error);
    });
  };
}

/** Notes in the session that a request had what it looks for, and lets that session in. */
function trusting(looksFor: (req: Request) => boolean): Pick<Flaw, 'above' | 'guard'> {
  const sessionOf = (req: Request) => req.session as { trusted?: boolean };
  return {
    above: ({ app }) =>
      app.use((req, _res, next) => {
        if (looksFor(req)) sessionOf(req).trusted = true;
        next();
      }),
    guard: (guard) => (req, res, next) => (sessionOf(req).trusted === true ? next() : guard(req, res, next)),
  };
}

/** Sets a cookie at the first visit, and lets it in for ever once the guard did. */
function knowingBrowsers(): Pick<Flaw, 'above' | 'guard'> {
  const known = new Set<string>();
  const visitorOf = (req: Request) => /visitor=(\w+)/.exec(req.get('cookie') ?? '')?.[1] ?? '';
  return {
    above: ({ app }) =>
      app.use((req, res, next) => {
        if (visitorOf(req) === '') res.cookie('visitor', String(Math.random()).slice(2));
        next();
      }),
    guard: (guard) => (req, res, next) => {
      if (known.has(visitorOf(req))) return next();
      guard(req, res, (error?: unknown) => {
        known.add(visitorOf(req));
        next(error);
      });
    },
  };
}

/** A store that gives part of a document back as something else. */
function losingRecords(part: RegExp, instead: string): RecordStore {
  const records = memoryRecords();
  return {
    ...records,
    async read(queries) {
      const found = await records.read(queries.map(({ owner, name }) => ({ owner, name })));
      return found.map((answer) =>
        answer.outcome === 'found' ? { ...answer, body: answer.body.replace(part, instead) } : answer,
      );
    },
  };
}

/** A store that loses in which time step the last code was. */
function forgetfulRecords(): RecordStore {
  return losingRecords(/"lastAcceptedStep":\d+/, '"lastAcceptedStep":null');
}

/** A store that never runs out of attempts. */
function patientState(): StateStore {
  const state = memoryState();
  return { ...state, spendAttempt: (owner) => state.spendAttempt(owner, 1000) };
}
