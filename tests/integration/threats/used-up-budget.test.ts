import { addPerson, visit } from '../../support/member';
import { plantAddress } from '../../support/planted';
import { createPortal } from '../../support/portal';

// The attack: whoever has any account of their own "enrolls" the phone or mailbox of somebody else, over and over, until no code
// may be sent there for the rest of the day. The owner, whose password the attacker does not even know, cannot sign in.

describe('codes that a stranger has sent to a victim, for an enrollment', () => {
  it.each([
    ['sms', '+447700900123', { phone: '+44 7700 900123' }],
    ['email', 'victim@home.example', { email: 'victim@HOME.example' }],
  ] as const)('are bounded by themselves and leave the owner their own: %s', async (kind, to, typed) => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const victim = addPerson(portal);
    await plantAddress(portal, victim.id, { kind, destination: to });
    const attackers = [addPerson(portal), addPerson(portal)];
    const sent = () => portal.outbox.messages.filter((message) => message.to === to).length;
    for (let hours = 0; hours < 12; hours += 1) {
      for (const { username } of attackers) {
        const attacker = visit(portal);
        await attacker.logIn(username);
        await attacker.postJson(`/mfa/enroll/${kind}`, typed);
        portal.clock.advance(30_000);
      }
      portal.clock.advance(3_600_000);
    }
    expect(sent()).toBe(10);

    const owner = visit(portal);
    expect((await owner.logIn(victim.username)).body).toMatchObject({ sent: { kind } });
    const answer = await owner.postJson('/mfa/challenge', { code: owner.newestCode(to) });
    expect(answer.body).toMatchObject({ outcome: 'signed-in' });
  });
});
