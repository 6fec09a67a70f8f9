import { addPerson, visit } from '../../support/member';
import { createSettingsPortal, giveApp, signInWithApp } from '../../support/own-factors';
import { createPortal } from '../../support/portal';

// What a host calls by itself has been through no form, and is held to the same rules.

describe('a host', () => {
  it('saves no policy that nobody could meet', async () => {
    const { mfa } = createPortal();
    await expect(mfa.policies.save('acme', { enabled: true, methods: [] })).rejects.toMatchObject({
      name: 'ConfigurationError',
      option: 'policies.save.change.methods',
      because: 'no-method',
      faults: [{ field: 'methods', because: 'no-method' }],
    });
    expect(await mfa.policies.get('acme')).toMatchObject({ version: 0, enabled: false });
  });

  it.each([undefined, ''])('exempts nobody without an author: %p', async (actorId) => {
    const portal = createPortal();
    const { id: userId } = addPerson(portal);
    const member = { userId, organizationId: 'acme', actorId } as { userId: string; actorId: string };
    const exemption = { reason: 'Nightly import', until: portal.clock.now() + 86_400_000 };
    await expect(portal.mfa.members.exempt(member, exemption)).rejects.toMatchObject({
      option: 'members.exempt.member.actorId',
    });
    expect((await portal.records.findMember(userId, 'acme')).settings.exemption).toBeNull();
  });
});

describe('a mistake in code', () => {
  it.each([
    ['a misspelled rule', 'acme', { enabled: true, enrolment: 'required' }, 'change.enrolment'],
    ['a word that is none', 'acme', { enabled: true, enrollment: 'require' }, 'change.enrollment'],
    ['a variable that is not set', 'acme', { enabled: true, enrollment: undefined }, 'change.enrollment'],
    ['a switch as text', 'acme', { enabled: 'true' }, 'change.enabled'],
    ['an organization in place of its id', { id: 'acme' }, { enabled: true }, 'organizationId'],
    ['the text of an object', '[object Object]', { enabled: true }, 'organizationId'],
    ['a promise of an id', Promise.resolve('acme'), { enabled: true }, 'organizationId'],
    ['no organization', { enabled: true, enrollment: 'required' }, undefined, 'organizationId'],
  ])('saves no policy: %s', async (_name, organizationId, change, option) => {
    const { mfa, records } = createPortal();
    const save = mfa.policies.save as (...given: readonly unknown[]) => Promise<unknown>;
    await expect(save(organizationId, change)).rejects.toMatchObject({
      name: 'ConfigurationError',
      option: `policies.save.${option}`,
    });
    expect((await records.findPolicy('acme')).policy.version).toBe(0);
    expect((await records.findPolicy('[object Object]')).policy.version).toBe(0);
  });

  it('says which word was probably meant', async () => {
    const { mfa } = createPortal();
    const misspelled = Object({ enabled: true, enrolment: 'required' });
    await expect(mfa.policies.save('acme', misspelled)).rejects.toThrow(
      'Write policies.save.change.enrollment, or leave it out.',
    );
  });

  it('is not made by a later change of what was passed', async () => {
    const { mfa } = createPortal();
    const change = { enabled: true, methods: ['totp', 'email'] as ('totp' | 'email')[] };
    const saving = mfa.policies.save('acme', change);
    change.methods.length = 0;
    await saving;
    expect(await mfa.policies.get('acme')).toMatchObject({ methods: ['totp', 'email'] });
  });

  it('is told at start: pages of administrators without a list of users', () => {
    const { mfa } = createPortal();
    expect(() => mfa.adminPages({ organizationsOf: () => [] })).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', option: 'users.list' }),
    );
  });
});

describe('a method that the organization does not offer', () => {
  it('is not begun, and nothing is sent', async () => {
    const portal = await createSettingsPortal({ methods: ['totp'] });
    const ada = await signInWithApp(portal, 'ada', await giveApp(portal, 'ada'));
    const mary = visit(portal);
    await mary.logIn('mary');
    for (const agent of [ada, mary]) {
      const refused = await agent.postJson('/mfa/enroll/sms', { phone: '+447700900999' });
      expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'method-not-offered' });
    }
    expect(portal.outbox.messages).toEqual([]);
  });
});
