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
