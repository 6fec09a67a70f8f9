import { randomBytes } from 'node:crypto';
import { createKeyRing } from '../../../src/core/proof/key-ring';
import { PlainSecret, sealSecret } from '../../../src/core/proof/secrets';
import type { MfaEvent } from '../../../src/index';
import { ACME, anAddress, hear, openKeyRotation, sealedSecrets } from '../../support/key-rotation';
import { visit } from '../../support/member';
import { TEST_KEY, type Portal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const OTHER_KEY = randomBytes(32).toString('base64');
const { clock, enrolled, startProcess } = openKeyRotation();

describe('a key that is lost or wrong', () => {
  function loseKey(): { readonly lost: Portal; readonly events: MfaEvent[] } {
    const lost = startProcess([OTHER_KEY]);
    return { lost, events: hear(lost) };
  }

  it('lets nobody in without a factor, and offers no enrollment: only what needs no key is left', async () => {
    const { lost, events } = loseKey();
    const { recoveryCodes, secret } = enrolled;
    const ada = visit(lost);
    const login = await ada.logIn('ada');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'recovery-codes', kind: 'recovery-code' }],
    });
    expect((await ada.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toMatchObject([
      { userId: 'ada', organizationId: 'acme', details: { because: 'key-missing', kind: 'totp' } },
    ]);
    await ada.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    const byApp = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(byApp.body).toMatchObject({ outcome: 'rejected' });
    const proven = await ada.postJson('/mfa/challenge', { code: recoveryCodes[0] });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });

  it('denies the login of whoever has nothing else', async () => {
    const { lost } = loseKey();
    await lost.records.replaceRecoveryCodes('ada', [], clock.now());
    const ada = visit(lost);
    const login = await ada.logIn('ada');
    expect(login.status).toBe(403);
    expect(login.body).toMatchObject({ because: 'no-usable-factor' });
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('seals nothing anew and says so of each secret', async () => {
    const { lost, events } = loseKey();
    // A passkey is stored without a secret, so it needs no key.
    const passkey = { authenticatorId: 'passkey', kind: 'passkey', sealedSecret: null } as const;
    await lost.records.addAuthenticator('ada', anAddress({ ...passkey, createdAt: clock.now() }));
    const before = await sealedSecrets(lost, 'ada');
    const report = await lost.mfa.resealAll({ ...ACME, userIds: ['ada'] });
    expect(report).toEqual({ users: 1, resealed: 0, unreadable: 1 });
    expect(await sealedSecrets(lost, 'ada')).toEqual(before);
    expect(events.map(({ name }) => name)).toEqual(['records-unreadable']);
  });

  it('is not taken for a wrong code where the sealed secret was tampered with', async () => {
    const portal = startProcess([TEST_KEY]);
    const { secret } = enrolled;
    const events = hear(portal);
    const [hers, others] = await sealedSecrets(portal, 'ada', 'mary');
    const [authenticator] = (await portal.records.findMember('ada', 'acme')).authenticators;
    await portal.records.resealAuthenticator('ada', authenticator?.id ?? '', {
      expected: hers ?? '',
      sealed: others ?? '',
    });
    const ada = visit(portal);
    await ada.logIn('ada');
    const answer = await ada.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ outcome: 'rejected', because: 'secret-unreadable' });
    expect((await ada.getJson('/whoami')).body.authenticated).toBe(false);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toMatchObject([
      { userId: 'ada', details: { because: 'secret-unreadable', kind: 'totp' } },
    ]);
  });

  it('sends no code to an address that does not open, and leaves the other methods', async () => {
    const portal = startProcess([TEST_KEY]);
    await portal.records.removeAllAuthenticators('mary');
    const binding = { userId: 'mary', authenticatorId: 'phone', kind: 'sms' } as const;
    const sealedSecret = sealSecret(createKeyRing([TEST_KEY]), new PlainSecret('+442079460018'), binding);
    const phone = anAddress({
      ...binding,
      createdAt: clock.now(),
      sealedSecret: `${sealedSecret.slice(0, -4)}AAAA`,
    });
    await portal.records.addAuthenticator('mary', phone);
    const events = hear(portal);
    const messages = portal.outbox.messages.length;
    const again = visit(portal);
    const login = await again.logIn('mary');
    expect(login.body).toMatchObject({ outcome: 'challenge', notSent: { because: 'secret-unreadable' } });
    expect(portal.outbox.messages).toHaveLength(messages);
    expect((await again.get('/mfa/challenge')).status).toBe(200);
    expect(events.filter(({ name }) => name === 'records-unreadable')).toHaveLength(1);
  });
});
