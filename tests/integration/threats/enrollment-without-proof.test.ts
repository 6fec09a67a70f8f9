import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: somebody sits down at a session that was left open, or holds a stolen one, and adds a factor of their own.
// A new factor rests on a fresh proof by the strongest one there is, or on the password given again where there is none.

const portal = createPortal();
const { clock, mfa } = portal;
const STARTS = [
  ['/mfa/enroll/totp', {}],
  ['/mfa/enroll/email', { email: 'attacker@evil.example' }],
  ['/mfa/enroll/sms', { phone: '+442079460199' }],
] as const;

beforeAll(async () => {
  await mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
});

afterAll(() => mfa.settled());

describe('a session that is left open', () => {
  it('adds no factor beside others until the strongest one is proven again', async () => {
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    clock.advance(10 * 60_000);
    expect((await guest.getJson('/')).status).toBe(200);
    const sent = portal.outbox.messages.length;
    for (const [path, body] of STARTS) {
      const refused = await guest.postJson(path, body);
      expect([path, refused.status, refused.body.outcome]).toEqual([path, 401, 'challenge']);
      const confirmed = await guest.postJson(`${path}/confirm`, { code: '123456' });
      expect([path, confirmed.status]).toEqual([path, 401]);
    }
    expect(portal.outbox.messages).toHaveLength(sent);
    const byPassword = await guest.postJson('/mfa/step-up', { password: person.password });
    expect(byPassword.body.outcome).not.toBe('stepped-up');
    await guest.postJson('/mfa/step-up', { code: totpCode(secret, clock.now()) });
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });

  it('adds no first factor of a person without a password ten minutes after they came from their provider', async () => {
    const person = addPerson(portal, { federated: true });
    const guest = visit(portal);
    await guest.post(`/sso/${person.id}`);
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
    clock.advance(10 * 60_000);
    expect((await guest.getJson('/')).status).toBe(200);
    for (const [path, body] of STARTS) {
      const left = visit(portal);
      await left.post(`/sso/${person.id}`);
      expect((await left.getJson('/')).status).toBe(200);
      clock.advance(10 * 60_000);
      const refused = await left.postJson(path, body);
      expect([path, refused.status, refused.body.outcome]).toEqual([path, 401, 'sign-in']);
      expect((await left.getJson('/')).status).toBe(401);
    }
    // Coming from the provider again makes a session no younger that still goes on.
    await guest.post(`/sso/${person.id}`);
    const refused = await guest.postJson('/mfa/enroll/totp');
    expect(refused.body).toMatchObject({ outcome: 'sign-in', because: 'sign-in-too-old' });
    await guest.post(`/sso/${person.id}`);
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });

  it('adds no first factor until the password is given again', async () => {
    const person = addPerson(portal);
    const guest = visit(portal);
    await guest.logIn(person.username);
    expect((await guest.getJson('/')).status).toBe(200);
    for (const [path, body] of STARTS) {
      const refused = await guest.postJson(path, body);
      expect([path, refused.status, refused.body.outcome]).toEqual([path, 401, 'challenge']);
    }
    clock.advance(1000);
    const wrong = await guest.postJson('/mfa/step-up', { password: 'guessed' });
    expect([wrong.status, wrong.body.because]).toEqual([401, 'wrong-password']);
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(401);
    const right = await guest.postJson('/mfa/step-up', { password: person.password });
    expect(right.body.outcome).toBe('stepped-up');
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });

  it('adds no first factor that has come due meanwhile either', async () => {
    await mfa.policies.save('globex', { enabled: true, enrollment: 'assigned' });
    const person = addPerson(portal, { organizationId: 'globex' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    await mfa.policies.save('globex', { enabled: true, enrollment: 'required' });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    for (const [path, body] of STARTS) {
      const refused = await guest.postJson(path, body);
      expect([path, refused.status, refused.body.outcome]).toEqual([path, 401, 'challenge']);
    }
    expect((await portal.records.findMember(person.id, 'globex')).authenticators).toEqual([]);
    clock.advance(1000);
    const right = await guest.postJson('/mfa/step-up', { password: person.password });
    expect(right.body.outcome).toBe('stepped-up');
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });
});
