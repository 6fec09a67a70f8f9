import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { hiddenFields, textOf } from '../../support/page-text';
import { totpCode } from '../../support/totp';

const portal = createPortal();
const { clock, mfa } = portal;

afterAll(() => mfa.settled());

describe('the wizard for an app with a backup phone', () => {
  it.each([
    ['every member', null],
    ['a member whose app an administrator assigned', 'totp' as const],
  ])('leads %s over the phone to the app', async (_name, assignedKind) => {
    await mfa.policies.save('backup', { enabled: true, enrollment: 'required', backupPhone: true });
    const person = addPerson(portal, { organizationId: 'backup' });
    if (assignedKind !== null) {
      await mfa.members.save(
        { userId: person.id, organizationId: 'backup' },
        { enabled: true, assignedKind },
      );
    }
    const guest = visit(portal);
    await guest.logIn(person.username);
    const first = await guest.postJson('/mfa/enroll/totp');
    expect(first.body).toMatchObject({ because: 'backup-phone', next: '/mfa/enroll/sms' });
    const sent = await guest.postJson('/mfa/enroll/sms', { phone: person.phone });
    expect(sent.body).toMatchObject({ outcome: 'enrollment-started' });
    const bound = await guest.postJson('/mfa/enroll/sms/confirm', {
      code: guest.newestCode(person.phone ?? ''),
    });
    expect([bound.status, bound.body]).toMatchObject([
      200,
      { outcome: 'enrollment-started', next: '/mfa/enroll/totp' },
    ]);
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    const code = totpCode(bound.body.totp.secret, clock.now());
    const done = await guest.postJson('/mfa/enroll/totp/confirm', { code });
    expect(done.body).toMatchObject({ outcome: 'enrolled' });
    expect((await guest.getJson('/')).status).toBe(200);
    const { authenticators } = await portal.records.findMember(person.id, 'backup');
    expect(authenticators.map(({ kind }) => kind).toSorted()).toEqual(['sms', 'totp']);
  });
});

describe('the backup phone', () => {
  async function atPhone() {
    await mfa.policies.save('backup', { enabled: true, enrollment: 'required', backupPhone: true });
    const person = addPerson(portal, { organizationId: 'backup' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const form = await guest.follow(await guest.post('/mfa/enroll/totp'));
    return { person, guest, form };
  }

  it('can be left out by people without a mobile number', async () => {
    const { person, guest, form } = await atPhone();
    expect(textOf(form.text)).toContain('Continue without a backup phone');
    expect(hiddenFields(form.text, '/mfa/enroll/totp')).toMatchObject({ backupPhone: 'skip' });
    const begun = await guest.postJson('/mfa/enroll/totp', { backupPhone: 'skip' });
    expect(begun.body).toMatchObject({ outcome: 'enrollment-started', next: '/mfa/enroll/totp' });
    const code = totpCode(begun.body.totp.secret, clock.now());
    expect((await guest.postJson('/mfa/enroll/totp/confirm', { code })).body.outcome).toBe('enrolled');
    const { authenticators } = await portal.records.findMember(person.id, 'backup');
    expect(authenticators.map(({ kind }) => kind)).toEqual(['totp']);
  });

  it('leads back to the step before it', async () => {
    const { guest, form } = await atPhone();
    const [, back = ''] = /<p class="cancel"><a href="([^"]+)">Back</.exec(form.text) ?? [];
    expect(back).toBe('/mfa/enroll/totp');
    expect(textOf((await guest.get(back)).text)).toContain('I have an app, continue');
  });
});

describe('a session', () => {
  it('that began with an SMS code which came by email is not rated above an email code', async () => {
    const failing = { send: () => Promise.reject(new Error('The provider is down.')) };
    const fallback = createPortal({ sms: failing });
    await fallback.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const person = addPerson(fallback);
    const member = { userId: person.id, organizationId: 'acme' };
    await fallback.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    const guest = visit(fallback);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email ?? '') });
    const { session } = (await guest.getJson('/')).body;
    expect(session).toMatchObject({ assurance: 'multi-factor', assuranceLevel: 1 });
    await fallback.mfa.settled();
  });
});
