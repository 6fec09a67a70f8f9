import request from 'supertest';
import { totalOf } from '../../../src/core/member/guess-counter';
import { halfLoginsAt } from '../../support/half-logins';
import { addPerson, visit, type Member } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

// The attack: a session id is fixed before the login, kept from one of its steps, guessed, or changed to be counted anew.

const portal = createPortal();
const { clock } = portal;
const { atTheChallenge, signedIn } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

describe('the id of a session', () => {
  const idOf = (guest: Member) => guest.cookie('session');

  async function expectDead(cookie: string | undefined): Promise<void> {
    const held = { cookie: `session=${cookie}`, accept: 'application/json' };
    expect((await request(portal.app).get('/whoami').set(held)).body.authenticated).toBe(false);
    const state = await request(portal.app).get('/mfa/state').set(held);
    expect(state.body).toMatchObject({ signedIn: false, pending: null });
  }

  it('is new at the password, at the second factor and at a step-up, and the old ones are dead', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const ids = [idOf(guest)];
    await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    ids.push(idOf(guest));
    clock.advance(30_000);
    await guest.postJson('/mfa/step-up', { code: totpCode(secret, clock.now()) });
    const last = idOf(guest);
    expect(new Set([...ids, last]).size).toBe(3);
    for (const id of ids) await expectDead(id);
    expect((await guest.getJson('/plain')).status).toBe(200);
    await guest.postJson('/mfa/logout');
    await expectDead(last);
  });

  it('is never taken from the browser', async () => {
    const { guest } = await signedIn();
    const known = decodeURIComponent(idOf(guest) ?? '');
    const forged = [
      's:chosen.signature',
      'chosen',
      `s:${known.slice(2, 20)}x${known.slice(21)}`,
      known.slice(0, -1),
    ];
    for (const value of forged) {
      const answer = await request(portal.app)
        .get('/mfa/state')
        .set({ cookie: `session=${encodeURIComponent(value)}`, accept: 'application/json' });
      expect(answer.body.signedIn).toBe(false);
      expect(String(answer.headers['set-cookie'])).not.toContain('chosen');
      const login = await request(portal.app)
        .post('/sso/linus')
        .set({ cookie: `session=${encodeURIComponent(value)}` });
      expect(login.headers['set-cookie']?.[0]).toMatch(/^session=s%3A/);
      expect(login.headers['set-cookie']?.[0]).not.toContain('chosen');
    }
    await guest.postJson('/mfa/logout');
    const reused = await request(portal.app)
      .get('/mfa/state')
      .set({ cookie: `session=${encodeURIComponent(known)}`, accept: 'application/json' });
    expect(String(reused.headers['set-cookie'])).not.toContain(encodeURIComponent(known));
  });

  it('has at least 128 random bits', async () => {
    const guest = visit(portal);
    await guest.post('/sso/linus');
    const id = /^s:([^.]+)\./.exec(decodeURIComponent(idOf(guest) ?? ''))?.[1] ?? '';
    expect(Buffer.from(id, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });

  it('counts a wrong code in the same way under whatever id', async () => {
    const { guest, code, person } = await atTheChallenge();
    const wrong = await guest.postJson('/mfa/challenge', { code: wrongCode(wrongCode(code())) });
    expect(wrong.body.outcome).toBe('rejected');
    await guest.logIn(person.username);
    expect(totalOf((await portal.records.findMember(person.id, 'acme')).guesses.codes.failures)).toBe(1);
  });
});
