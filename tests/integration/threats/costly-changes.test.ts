import { MOST_AUTHENTICATORS } from '../../../src/core/member/authenticator';
import { createKeyRing, digestUserId } from '../../../src/core/proof/key-ring';
import { addPerson, visit } from '../../support/member';
import { plantAddress, plantApp } from '../../support/planted';
import { TEST_KEY, createPortal, type Portal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: a member, or whoever took over a session of one, makes the site pay: new recovery codes over and over, each set over a
// second of processor time, a flood of mails about ever new changes, or ever more authenticators, all of which are read with every request from then on.

async function signedIn(change: Parameters<typeof createPortal>[0] = {}) {
  const portal = createPortal(change);
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  const person = addPerson(portal);
  const { secret } = await plantApp(portal, person.id);
  const member = visit(portal);
  await member.logIn(person.username);
  await member.postJson('/mfa/challenge', { code: totpCode(secret, portal.clock.now()) });
  return { portal, person, member };
}

/** As if the person had made so many changes within the hour. */
async function spend({ state }: Portal, userId: string, name: string, points: number) {
  const throttle = state.throttle({ name, points, seconds: 3600 });
  const key = digestUserId(createKeyRing([TEST_KEY]), userId);
  for (let changes = 0; changes < points; changes += 1) await throttle.spend(key);
}

const spendSets = (portal: Portal, userId: string) => spend(portal, userId, 'recovery-codes', 10);

describe('what a member can make the site do', () => {
  it('is a bounded number of sets of recovery codes in an hour', async () => {
    const { portal, person, member } = await signedIn();
    expect((await member.postJson('/mfa/settings/recovery-codes')).body.recoveryCodes).toHaveLength(10);
    await spendSets(portal, person.id);
    const before = await portal.records.findMember(person.id, 'acme');
    const refused = await member.postJson('/mfa/settings/recovery-codes');
    expect([refused.status, refused.body]).toMatchObject([429, { because: 'too-many-changes' }]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.body).not.toHaveProperty('recoveryCodes');
    expect(await portal.records.findMember(person.id, 'acme')).toEqual(before);
    expect((await member.getJson('/plain')).status).toBe(200);
  });

  it('is no enrollment that would make another set', async () => {
    const { portal, person, member } = await signedIn();
    await spendSets(portal, person.id);
    const started = await member.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, portal.clock.now());
    const refused = await member.postJson('/mfa/enroll/totp/confirm', { code });
    expect([refused.status, refused.body]).toMatchObject([429, { because: 'too-many-changes' }]);
    expect((await portal.records.findMember(person.id, 'acme')).authenticators).toHaveLength(1);
  });

  it('is a bounded number of changes, each of which is told to every address on file', async () => {
    const { portal, person, member } = await signedIn();
    const phone = await plantAddress(portal, person.id, { kind: 'sms', destination: '+447700900123' });
    await spend(portal, person.id, 'factor-changes', 30);
    const started = await member.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, portal.clock.now());
    const refusals = [
      await member.postJson(`/mfa/settings/authenticators/${phone}/remove`),
      await member.postJson('/mfa/enroll/totp/confirm', { code }),
    ];
    for (const { status, body } of refusals) {
      expect([status, body]).toMatchObject([429, { because: 'too-many-changes' }]);
    }
    expect((await portal.records.findMember(person.id, 'acme')).authenticators).toHaveLength(2);
    await portal.mfa.settled();
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is a bounded number of authenticators, of which each can be replaced', async () => {
    const { portal, person, member } = await signedIn();
    for (let more = 1; more < MOST_AUTHENTICATORS; more += 1) {
      await plantAddress(portal, person.id, { kind: 'email', destination: `mail-${more}@home.example` });
    }
    const started = await member.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, portal.clock.now());
    const refused = await member.postJson('/mfa/enroll/totp/confirm', { code });
    expect([refused.status, refused.body]).toMatchObject([409, { because: 'too-many-authenticators' }]);
    expect((await portal.records.findMember(person.id, 'acme')).authenticators).toHaveLength(
      MOST_AUTHENTICATORS,
    );
    const [, replaced] = (await portal.records.findMember(person.id, 'acme')).authenticators;
    const mailbox = { email: 'new@home.example', replaces: replaced?.id };
    await member.postJson('/mfa/enroll/email', mailbox);
    const answer = { code: member.newestCode('new@home.example') };
    const replacing = await member.postJson('/mfa/enroll/email/confirm', answer);
    expect(replacing.body).toMatchObject({ outcome: 'enrolled' });
  });
});
