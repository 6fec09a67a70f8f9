import {
  createAdminHost,
  HOST_PASSWORD,
  signIn,
  signInWithPlantedApp,
  type AdminHost,
} from '../../support/admin-host';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { linkTo, textOf } from '../../support/page-text';
import { plantApp } from '../../support/planted';
import { wrongCodes } from '../../support/totp';

const MEMBER = '/admin/mfa/acme/members/alan';

let host: AdminHost;
let agent: HttpAgent;

beforeEach(async () => {
  host = createAdminHost();
  await host.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  ({ agent } = await signInWithPlantedApp(host, 'ada'));
});

/** Ten wrong codes in two sign-ins lock the person out. */
async function lockOut(userId: string): Promise<void> {
  const { secret } = await plantApp(host, userId);
  for (let login = 0; login < 2; login += 1) {
    const guest = await signIn(host, userId);
    for (const code of wrongCodes(secret, host.clock.now(), 5))
      await guest.postJson('/mfa/challenge', { code });
    host.clock.advance(1000);
  }
  await host.mfa.settled();
}

/** The password is right, and the lock stands. */
async function tryToSignIn(username: string): Promise<void> {
  const guest = createHttpAgent(host.app);
  const refused = await guest.postJson('/mfa/login', { username, password: HOST_PASSWORD });
  expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'locked' });
}

describe('why a member was locked out', () => {
  it('is found in three clicks from the overview', async () => {
    await lockOut('alan');
    const overview = await agent.get('/admin/mfa/acme');
    const list = await agent.get(linkTo(overview.text, 'locked out now'));
    const member = await agent.get(linkTo(list.text, 'Alan Turing'));
    expect(textOf(member.text)).toMatch(
      /Alan Turing has been locked out since .*, after 10 wrong codes \(authenticator app\) from .*127\.0\.0\.1.* The lock ends on /,
    );
    const events = await agent.get(linkTo(member.text, 'See what happened'));
    const told = textOf(events.text);
    expect(told).toContain('Alan Turing was locked out after 5 wrong codes in this sign-in');
    expect(told).toContain('5 failed attempts');
    expect(told).toMatch(/Events for Alan Turing ?\./);
    expect(told).not.toContain('This list may not have all');
    expect(events.text).toContain('badge-bad');
  });

  it('leads to the events of that lock and no others', async () => {
    await signIn(host, 'alan');
    host.clock.advance(3_600_000);
    await lockOut('alan');
    host.clock.advance(700_000);
    await tryToSignIn('alan');
    const { text } = await agent.get(MEMBER);
    const { body } = await agent.getJson(linkTo(text, 'See what happened'));
    const { events } = body as { events: readonly { name: string }[] };
    expect(events.filter(({ name }) => name === 'proof-rejected')).toHaveLength(10);
    expect(events.filter(({ name }) => name === 'password-accepted')).toHaveLength(2);
    expect(events[0]?.name).toBe('proofs-locked');
  });

  it('is in the JSON of the member, and gone with the lock', async () => {
    await lockOut('alan');
    const since = host.clock.now() - 1000;
    expect((await agent.getJson(MEMBER)).body).toMatchObject({
      member: {
        lock: {
          since,
          until: since + 1_800_000,
          guesses: 10,
          kinds: ['totp'],
          addresses: [expect.any(String)],
        },
      },
    });
    const unlocked = await agent.post(`${MEMBER}/unlock`);
    expect(unlocked.status).toBe(303);
    expect((await agent.getJson(MEMBER)).body).not.toHaveProperty('member.lock');
  });

  it('is that of the last lock, whatever was entered before and since', async () => {
    await lockOut('alan');
    await agent.post(`${MEMBER}/unlock`);
    host.clock.advance(60_000);
    const late = await signIn(host, 'alan');
    await lockOut('alan');
    const since = host.clock.now() - 1000;
    for (let more = 0; more < 5; more += 1) {
      const refused = await late.postJson('/mfa/challenge', { code: '000000' });
      expect(refused.body).toMatchObject({ because: 'locked' });
    }
    await host.mfa.settled();
    expect((await agent.getJson(MEMBER)).body).toMatchObject({
      member: { lock: { since, guesses: 10, firstGuessAt: since - 1000 } },
    });
  });

  it('counts no codes that were entered for something else', async () => {
    await lockOut('alan');
    const event = {
      name: 'proof-rejected',
      userId: 'alan',
      organizationId: 'acme',
      at: host.clock.now() - 1000,
      address: '203.0.113.9',
    } as const;
    const others = [
      { kind: 'totp', purpose: 'enroll' },
      { kind: 'totp', purpose: 'unlock' },
      { kind: 'recovery-code', purpose: 'login' },
    ].map((details) => ({ ...event, details }));
    await host.records.appendEvents(others, { maxCount: 1000, maxAgeSeconds: 400 * 86_400 });
    const { text } = await agent.get(MEMBER);
    expect(textOf(text)).toMatch(/after 10 wrong codes \(authenticator app\) from 127\.0\.0\.1\s?\./);
  });

  it('is left open where the events are no longer kept', async () => {
    await lockOut('alan');
    await host.records.removeEvents('acme');
    const { text } = await agent.get(MEMBER);
    expect(textOf(text)).toContain('Locked after too many wrong codes until');
    expect(textOf(text)).not.toContain('has been locked out since');
  });
});
