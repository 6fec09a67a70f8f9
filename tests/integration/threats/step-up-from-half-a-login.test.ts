import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

// The attack: half a login goes to the page that refreshes a session's proof, which would make a session of it there.

describe('a step-up', () => {
  it('is refused during a pending login: no code is checked or used up, and no session begins', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal);
    const { secret } = await plantApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    const code = totpCode(secret, portal.clock.now());
    expect((await guest.getJson('/mfa/step-up')).status).toBe(401);
    const refused = await guest.postJson('/mfa/step-up', { code });
    expect(refused.status).toBe(401);
    expect(refused.body).toMatchObject({ outcome: 'challenge', because: 'assurance-too-low' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect(await portal.mfa.sessionsOf(person.id).list()).toEqual([]);
    expect((await guest.postJson('/mfa/challenge', { code })).body.outcome).toBe('signed-in');
  });
});
