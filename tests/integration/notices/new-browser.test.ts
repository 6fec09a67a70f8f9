import { addPerson, visit } from '../../support/member';
import { createSettingsPortal, giveAddress, giveApp, type OwnApp } from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import type { Portal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

interface From {
  readonly browser?: string;
  readonly address?: string;
}

const headersOf = ({ browser = FIREFOX, address = '8.8.4.4' }: From) => ({
  'user-agent': browser,
  'x-forwarded-for': address,
});

async function openPortal(policy: Parameters<typeof createSettingsPortal>[0] = {}) {
  const portal = await createSettingsPortal(policy);
  portal.app.set('trust proxy', true);
  const { id, email = '' } = addPerson(portal);
  const app = await giveApp(portal, id);
  return { portal, id, email, app };
}

async function typePassword(portal: Portal, username: string, from: From) {
  portal.clock.advance(30_000);
  const person = visit(portal);
  const password = portal.users.get(username)?.password;
  const { body } = await person.postJson('/mfa/login', { username, password }, headersOf(from));
  return { person, outcome: body.outcome as string };
}

async function signIn(portal: Portal, username: string, app: OwnApp, from: From = {}) {
  const { person } = await typePassword(portal, username, from);
  const code = totpCode(app.secret, portal.clock.now());
  const { body } = await person.postJson('/mfa/challenge', { code }, headersOf(from));
  expect(body.outcome).toBe('signed-in');
  await portal.mfa.settled();
  return person;
}

const toldOf = (portal: Portal, email: string) =>
  portal.outbox.messages.filter(({ to, subject }) => to === email && subject?.startsWith('New sign-in'));

describe('an email about a sign-in from a new browser', () => {
  it('is not sent for the first sign-in, nor for the same browser again', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    await signIn(portal, id, app);
    await signIn(portal, id, app, { address: '8.8.200.1' });
    expect(toldOf(portal, email)).toEqual([]);
    await portal.mfa.close();
  });

  it('is sent once for another browser, and says which', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    await signIn(portal, id, app, { browser: SAFARI });
    await signIn(portal, id, app, { browser: SAFARI });
    expect(toldOf(portal, email)).toMatchObject([
      { subject: 'New sign-in to Acme Portal', text: expect.stringContaining('Safari on iOS') },
    ]);
    await portal.mfa.close();
  });

  it('is sent for the same browser in another network', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    await signIn(portal, id, app, { address: '9.9.9.9' });
    expect(toldOf(portal, email)).toMatchObject([{ text: expect.stringContaining('9.9.9.9') }]);
    await portal.mfa.close();
  });

  it('goes to every address on file', async () => {
    const { portal, id, email, app } = await openPortal();
    await giveAddress(portal, id, { kind: 'email', to: 'second@acme.example' });
    await signIn(portal, id, app);
    await signIn(portal, id, app, { browser: SAFARI });
    for (const to of [email, 'second@acme.example']) expect(toldOf(portal, to)).toHaveLength(1);
    await portal.mfa.close();
  });

  it('waits for the second step', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    expect((await typePassword(portal, id, { browser: SAFARI })).outcome).toBe('challenge');
    await portal.mfa.settled();
    expect(toldOf(portal, email)).toEqual([]);
    await portal.mfa.close();
  });

  it('is sent for a sign-in by the host, once the second step is done in its session', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    portal.clock.advance(30_000);
    const person = visit(portal);
    await person.post(`/sso/${id}`, {}, headersOf({ browser: SAFARI }));
    expect((await person.getJson('/plain')).status).toBe(401);
    await portal.mfa.settled();
    expect(toldOf(portal, email)).toEqual([]);
    const code = totpCode(app.secret, portal.clock.now());
    await person.postJson('/mfa/challenge', { code }, headersOf({ browser: SAFARI }));
    await portal.mfa.settled();
    expect(toldOf(portal, email)).toHaveLength(1);
    await portal.mfa.close();
  });

  it.each([
    ['the policy does not want it', { newBrowserNotice: false }],
    ['MFA is off', { enabled: false }],
  ])('is not sent where %s', async (_why, policy) => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    await portal.mfa.policies.save('acme', policy);
    await typePassword(portal, id, { browser: SAFARI }).then(async ({ person, outcome }) => {
      if (outcome === 'signed-in') return;
      const code = totpCode(app.secret, portal.clock.now());
      await person.postJson('/mfa/challenge', { code }, headersOf({ browser: SAFARI }));
    });
    await portal.mfa.settled();
    expect(await portal.mfa.sessionsOf(id).list()).toHaveLength(2);
    expect(toldOf(portal, email)).toEqual([]);
    await portal.mfa.close();
  });

  it('does not stop the sign-in where it cannot be sent or noted', async () => {
    const { portal, id, app } = await openPortal();
    await signIn(portal, id, app);
    portal.outbox.email.send = () => Promise.reject(new Error('The mail server is down.'));
    const person = await signIn(portal, id, app, { browser: SAFARI });
    expect((await person.getJson('/plain')).status).toBe(200);
    await portal.mfa.close();
  });
});

describe('“This wasn’t me” in the email', () => {
  it('asks for a sign-in, then lists the sessions; the link itself ends nothing and carries no secret', async () => {
    const { portal, id, email, app } = await openPortal();
    await signIn(portal, id, app);
    const thief = await signIn(portal, id, app, { browser: SAFARI });
    const [mail] = toldOf(portal, email);
    const [link = ''] = /http:\/\/localhost\S+/.exec(mail?.text ?? '') ?? [];
    expect(link).toBe('http://localhost/mfa/sessions');
    const path = new URL(link).pathname;
    const asked = await visit(portal).get(path);
    expect(asked.headers['location']).toBe(`/mfa/login?returnTo=${encodeURIComponent(path)}`);
    const owner = await signIn(portal, id, app);
    const page = await owner.get(path);
    expect(textOf(page.text)).toContain('Safari on iOS');
    expect(textOf(page.text)).toContain('End any session you don’t recognize, then change your password.');
    expect((await thief.getJson('/plain')).status).toBe(200);
    await owner.post('/mfa/sessions/end-others');
    expect((await thief.getJson('/plain')).status).toBe(401);
    await portal.mfa.close();
  });
});
