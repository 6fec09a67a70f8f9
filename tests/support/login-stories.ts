import type { Response } from 'supertest';
import type { HttpAgent } from './http-agent';
import { textOf } from './page-text';
import { totpCode, wrongCode } from './totp';

/** One host with one member who has to have a second factor and has none yet. */
export interface LoginWorld {
  /** A browser with cookies of its own. */
  visit(): HttpAgent;
  /** Sends the host's own sign-in form as the member. */
  signIn(identity: HttpAgent, password?: string): Promise<Response>;
  /** A guarded page of the host, and what it says to the member. */
  readonly home: { readonly path: string; readonly greeting: string };
  readonly wrongPasswordSentence: string;
  readonly clock: { now(): number; advance(milliseconds: number): void };
  stop(): Promise<void>;
}

const MINUTE = 60_000;

async function expectIn(world: LoginWorld, identity: HttpAgent): Promise<void> {
  const page = await identity.get(world.home.path);
  expect([page.status, page.headers['location']]).toEqual([200, undefined]);
  expect(textOf(page.text)).toContain(world.home.greeting);
}

async function expectOut(world: LoginWorld, identity: HttpAgent): Promise<void> {
  const page = await identity.get(world.home.path);
  expect([302, 303]).toContain(page.status);
  expect(page.text).not.toContain(world.home.greeting);
}

interface Enrolled {
  readonly identity: HttpAgent;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Signs in and goes through the wizard for an authenticator app, page by page. */
async function enrollApp(world: LoginWorld): Promise<Enrolled> {
  const identity = world.visit();
  const wizard = await identity.follow(await world.signIn(identity));
  expect(textOf(wizard.text)).toContain('Protect your account');
  const install = await identity.get('/mfa/enroll/totp');
  expect(textOf(install.text)).toContain('Get an authenticator app');
  const scan = await identity.follow(await identity.post('/mfa/enroll/totp'));
  const secret = /data-key="([A-Z2-7]+)"/.exec(scan.text)?.[1] ?? '';
  await expectOut(world, identity);
  await identity.get('/mfa/enroll/totp');
  const codes = await identity.follow(
    await identity.post('/mfa/enroll/totp/confirm', { code: totpCode(secret, world.clock.now()) }),
  );
  expect(textOf(codes.text)).toContain('Save your recovery codes');
  const recoveryCodes = [...codes.text.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code]) => code ?? '');
  const done = await identity.follow(await identity.post('/mfa/enroll/recovery-codes', { saved: 'yes' }));
  expect(textOf(done.text)).toContain('Your account is protected');
  return { identity, secret, recoveryCodes };
}

/** A second browser of the member, who has entered the password and is asked for a code. */
async function atChallenge(world: LoginWorld): Promise<HttpAgent> {
  world.clock.advance(MINUTE);
  const identity = world.visit();
  const page = await identity.follow(await world.signIn(identity));
  expect(textOf(page.text)).toContain('Enter the code from your app');
  return identity;
}

/** The same stories on every host: through its own sign-in and our pages, without JavaScript. */
export function tellLoginStories(hostName: string, startWorld: () => Promise<LoginWorld>): void {
  describe(`signing in to ${hostName}`, () => {
    let world: LoginWorld;
    let member: Enrolled;
    // One member for all stories: making recovery codes is slow on purpose.
    beforeAll(async () => {
      world = await startWorld();
      member = await enrollApp(world);
    });
    afterAll(() => world.stop());

    const codeNow = () => totpCode(member.secret, world.clock.now());

    it('refuses a wrong password in the words of the host', async () => {
      const identity = world.visit();
      const page = await identity.follow(await world.signIn(identity, 'not the password'));
      expect(textOf(page.text)).toContain(world.wrongPasswordSentence);
      await expectOut(world, identity);
    });

    it('sets up an authenticator app in the middle of the first login, and only then opens', async () => {
      const { identity, recoveryCodes } = member;
      await expectIn(world, identity);
      expect(new Set(recoveryCodes).size).toBe(10);
      const again = await identity.get('/mfa/enroll/recovery-codes');
      expect(again.text).not.toContain(recoveryCodes[0]);
    });

    it('asks for the code of the app at the next login and takes each code once', async () => {
      const identity = await atChallenge(world);
      await expectOut(world, identity);
      await identity.get('/mfa/challenge');
      await identity.follow(await identity.post('/mfa/challenge', { code: codeNow() }));
      await expectIn(world, identity);

      const thief = world.visit();
      await thief.follow(await world.signIn(thief));
      const replay = await thief.post('/mfa/challenge', { code: codeNow() });
      expect([replay.status, textOf(replay.text)]).toEqual([
        401,
        expect.stringContaining('That code was already used'),
      ]);
      await expectOut(world, thief);
    });

    it('lets a lost phone in with a recovery code, once', async () => {
      const { recoveryCodes } = member;
      const choose = { authenticatorId: 'recovery-codes' };
      const identity = await atChallenge(world);
      const asked = await identity.follow(await identity.post('/mfa/challenge/factor', choose));
      expect(textOf(asked.text)).toContain('Enter a recovery code');
      await identity.post('/mfa/challenge', { code: recoveryCodes[4]?.toLowerCase().replaceAll('-', ' ') });
      await expectIn(world, identity);

      const thief = await atChallenge(world);
      await thief.follow(await thief.post('/mfa/challenge/factor', choose));
      const replay = await thief.post('/mfa/challenge', { code: recoveryCodes[4] });
      expect(replay.status).toBe(401);
      await expectOut(world, thief);
    });

    it('signs out from the challenge page', async () => {
      const identity = await atChallenge(world);
      const left = await identity.post('/mfa/logout');
      expect([302, 303]).toContain(left.status);
      await identity.follow(left);
      const late = await identity.post('/mfa/challenge', { code: codeNow() });
      expect(late.status).toBe(401);
      await expectOut(world, identity);
    });

    it('goes on where the person is, on the way back after the login', async () => {
      const identity = await atChallenge(world);
      await identity.post('/mfa/challenge', { code: codeNow() });
      const back = await identity.follow(await identity.get('/mfa/challenge'));
      expect(textOf(back.text)).toContain(world.home.greeting);
    });

    it('signs in once when the form is sent twice at once', async () => {
      const identity = await atChallenge(world);
      const token = await identity.csrfToken();
      const code = codeNow();
      const send = () => identity.post('/mfa/challenge', { code, _csrf: token, xsrf: token });
      const statuses = (await Promise.all([send(), send()])).map(({ status }) => status);
      expect(statuses.filter((status) => status === 303)).toHaveLength(1);
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
    });

    it('ends a login that was left lying for eleven minutes', async () => {
      const identity = await atChallenge(world);
      const token = await identity.csrfToken();
      world.clock.advance(11 * MINUTE);
      const late = await identity.post('/mfa/challenge', { code: codeNow(), _csrf: token, xsrf: token });
      expect(late.status).toBeGreaterThanOrEqual(400);
      expect(textOf(late.text)).toMatch(/[Ss]ign in|[Ss]tart it again/);
      await expectOut(world, identity);
    });

    it('starts over after five wrong codes and locks after ten, until the lock ends', async () => {
      const guess = async (identity: HttpAgent) => {
        await identity.get('/mfa/challenge');
        return identity.post('/mfa/challenge', { code: wrongCode(codeNow()) });
      };
      const first = await atChallenge(world);
      const leftAfter = [];
      for (let tries = 0; tries < 4; tries += 1) {
        const { text } = await guess(first);
        leftAfter.push(/(\d) (?:try|tries) left/.exec(textOf(text))?.[1]);
      }
      expect(leftAfter).toEqual(['4', '3', '2', '1']);
      await guess(first);
      const over = await first.post('/mfa/challenge', { code: codeNow() });
      expect(textOf(over.text)).not.toContain(world.home.greeting);
      await expectOut(world, first);

      const second = await atChallenge(world);
      for (let tries = 0; tries < 5; tries += 1) await guess(second);
      const third = world.visit();
      const locked = await third.follow(await world.signIn(third));
      expect(textOf(locked.text)).toContain('Too many wrong codes');
      const refused = await third.post('/mfa/challenge', { code: codeNow() });
      expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, 1800]);
      await expectOut(world, third);

      world.clock.advance(31 * MINUTE);
      const owner = await atChallenge(world);
      await owner.post('/mfa/challenge', { code: codeNow() });
      await expectIn(world, owner);
    });
  });
}
