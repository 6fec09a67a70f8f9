import { addPerson, visit } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { PortalUser } from '../../support/portal';

// The attack: somebody reads an old mailbox or holds an old phone. The help desk changes the address in the host's table, and
// the code that was sent a moment before still lies in the old place.

describe('a code on its way while the host changes the address', () => {
  const broken = { sms: { send: () => Promise.reject(new Error('The provider is down.')) } };

  async function portalWith(change: Parameters<typeof createPortal>[0] = {}) {
    const portal = createPortal(change);
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const move = (person: PortalUser, fields: Partial<PortalUser>) =>
      portal.users.set(person.id, { ...person, ...fields });
    return { portal, move };
  }

  async function assign(portal: ReturnType<typeof createPortal>, kind: 'email' | 'sms') {
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: kind });
    return { person, email: person.email ?? '', phone: person.phone ?? '' };
  }

  it.each(['email', 'sms'] as const)(
    'is worth nothing any more, by %s, and the next goes to the new one',
    async (kind) => {
      const { portal, move } = await portalWith();
      const { person, email, phone } = await assign(portal, kind);
      const thief = visit(portal);
      await thief.logIn(person.username);
      const old = thief.newestCode(kind === 'email' ? email : phone);
      const moved = kind === 'email' ? { email: 'new@acme.example' } : { phone: '+442079460999' };
      move(person, moved);
      const refused = await thief.postJson('/mfa/challenge', { code: old });
      expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
      expect((await thief.getJson('/whoami')).body.authenticated).toBe(false);
      portal.clock.advance(30_000);
      await thief.postJson('/mfa/challenge/resend');
      const code = thief.newestCode(Object.values(moved)[0] ?? '');
      expect((await thief.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
    },
  );

  it('is worth nothing where a text message fell back to the old mailbox', async () => {
    const { portal, move } = await portalWith(broken);
    const person = addPerson(portal);
    await plantAddress(portal, person.id, { kind: 'sms', destination: '+447700900123' });
    const thief = visit(portal);
    await thief.logIn(person.username);
    const old = thief.newestCode(person.email ?? '');
    move(person, { email: 'new@acme.example' });
    const refused = await thief.postJson('/mfa/challenge', { code: old });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
  });

  it('to an enrolled address goes on: that one did not change', async () => {
    const { portal, move } = await portalWith();
    const person = addPerson(portal);
    await plantAddress(portal, person.id, { kind: 'email', destination: 'home@acme.example' });
    const owner = visit(portal);
    await owner.logIn(person.username);
    move(person, { email: 'new@acme.example' });
    const answer = await owner.postJson('/mfa/challenge', { code: owner.newestCode('home@acme.example') });
    expect(answer.body).toMatchObject({ outcome: 'signed-in' });
  });
});
