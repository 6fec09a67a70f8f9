import type express from 'express';
import type { Express, Request, RequestHandler, Response } from 'express';
import type passport from 'passport';
import { codeIn } from '../../support/docs';
import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost, type LoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { plantApp } from '../../support/planted';
import type { PortalUser } from '../../support/portal';
import { totpCode } from '../../support/totp';

const [expressRecipe = ''] = codeIn('docs/recipes.md', 'Your own callback');
const [nestRecipe = ''] = codeIn('docs/recipes.md', 'NestJS');

type Context = ReturnType<typeof contextOf>;
type Handle = (error: unknown, user: unknown, info: unknown, context: Context, status: unknown) => unknown;

/** What NestJS passes to a guard and to a filter. */
function contextOf(req: Request, res: Response) {
  return { switchToHttp: () => ({ getRequest: () => req, getResponse: () => res }) };
}

/** Like the one of @nestjs/passport: a promise around the callback, which must settle. */
function authGuardOf(passports: passport.Authenticator) {
  return (name: string) =>
    class {
      async canActivate(context: Context): Promise<boolean> {
        const req = context.switchToHttp().getRequest();
        const res = context.switchToHttp().getResponse();
        const user = await new Promise((resolve, reject) => {
          const callback = (error: unknown, found: unknown, info: unknown, status: unknown) => {
            try {
              const handle = Reflect.get(this, 'handleRequest') as Handle;
              resolve(Reflect.apply(handle, this, [error, found, info, context, status]));
            } catch (refusal) {
              reject(refusal);
            }
          };
          const middleware = passports.authenticate(name, callback) as RequestHandler;
          void middleware(req, res, (error?: unknown) =>
            error === undefined ? resolve(null) : reject(error),
          );
        });
        Object.assign(req, { user });
        return true;
      }

      handleRequest(error: unknown, user: unknown): unknown {
        if (error !== null && error !== undefined) throw error;
        if (user === false || user === undefined)
          throw Object.assign(new Error('Unauthorized'), { status: 401 });
        return user;
      }

      logIn(req: Request): Promise<void> {
        return new Promise((resolve, reject) => {
          req.logIn(req.user as Express.User, (error) => (error ? reject(error) : resolve()));
        });
      }
    };
}

interface NestGuard {
  canActivate(context: Context): Promise<boolean>;
}

/** Runs a route as NestJS does: the guard, then the handler. What is thrown goes to the filter of its class. */
function addNestRoutes(app: Express, define: () => unknown): void {
  const { SignInGuard, SecondStepFilter, SecondStep } = define() as {
    readonly SignInGuard: new () => NestGuard;
    readonly SecondStepFilter: new () => { catch(error: unknown, host: Context): void };
    readonly SecondStep: new () => Error;
  };
  const run: RequestHandler = (req, res, next) => {
    const context = contextOf(req, res);
    new SignInGuard()
      .canActivate(context)
      .then(() => res.redirect('/home'))
      .catch((error: unknown) => {
        if (error instanceof SecondStep) new SecondStepFilter().catch(error, context);
        else next(error);
      });
  };
  app.post('/login', run);
  app.get('/login/done', run);
}

const kinds = ['Express', 'NestJS'] as const;

function start(build: typeof express, kind: (typeof kinds)[number]): LoginHost {
  return createLoginHost({
    express: build,
    login({ app, passports, mfa, verify }) {
      const names = ['app', 'passport', 'mfa', 'verify', 'AuthGuard'];
      const values = [app, passports, mfa, verify, authGuardOf(passports)];
      const recipe = kind === 'Express' ? expressRecipe : nestRecipe;
      const returned = kind === 'Express' ? '' : 'return { SignInGuard, SecondStepFilter, SecondStep };';
      // oxlint-disable-next-line typescript/no-implied-eval
      const define = () => new Function(...names, `${recipe}\n${returned}`)(...values) as unknown;
      if (kind === 'Express') define();
      else addNestRoutes(app, define);
    },
  });
}

describe.each(expressMajors.flatMap((major) => kinds.map((kind) => ({ ...major, kind }))))(
  'the sign-in for $kind, on Express $major',
  ({ express, kind }) => {
    it('continues after the second step, and signs nobody in before', async () => {
      const host = start(express, kind);
      await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
      const { secret } = await plantApp(host, 'ada');
      const agent = createHttpAgent(host.app);
      expect((await agent.post('/login', { ...CREDENTIALS, password: 'wrong' })).status).toBe(401);
      expect((await agent.post('/login', CREDENTIALS)).headers['location']).toBe('/mfa/challenge');
      expect((await agent.getJson('/home')).status).toBe(401);
      const proven = await agent.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
      expect(proven.headers['location']).toBe('/login/done');
      expect((await agent.getJson('/home')).status).toBe(401);
      expect((await agent.get('/login/done')).headers['location']).toBe('/home');
      expect((await agent.get('/home')).text).toContain('Hello ada');
      if (kind === 'Express') expect(host.flashes).toEqual([['success', 'Welcome back, Ada']]);
      await host.mfa.close();
    });

    it('signs in at once if no second step is needed', async () => {
      const host = start(express, kind);
      const agent = createHttpAgent(host.app);
      expect((await agent.post('/login', CREDENTIALS)).headers['location']).toBe('/home');
      expect((await agent.get('/home')).text).toContain('Hello ada');
      await host.mfa.close();
    });
  },
);

describe.each(expressMajors)('the sign-in for Express, on Express $major', ({ express }) => {
  it('refuses a suspended user after the second step, too', async () => {
    const host = start(express, 'Express');
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { secret } = await plantApp(host, 'ada');
    const agent = createHttpAgent(host.app);
    await agent.post('/login', CREDENTIALS);
    await agent.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
    const ada = host.users.get('ada') as PortalUser;
    host.users.set('ada', Object.assign({ suspended: true }, ada));
    expect((await agent.get('/login/done')).status).toBe(403);
    expect((await agent.getJson('/home')).status).toBe(401);
    await host.mfa.close();
  });
});
