import { visit } from './member';
import { plantApp } from './planted';
import type { Portal, PortalUser } from './portal';
import { totpCode } from './totp';

/** Organizations of the test's own, and how their people sign in. */
export function organizationsAt(portal: Portal) {
  const { clock, mfa } = portal;
  let organizations = 0;

  async function organizationWith(change: Parameters<typeof mfa.policies.save>[1]): Promise<string> {
    organizations += 1;
    const organizationId = `organization-${organizations}`;
    await mfa.policies.save(organizationId, { enabled: true, ...change });
    return organizationId;
  }

  async function signIn({ username }: PortalUser) {
    const guest = visit(portal);
    const login = await guest.logIn(username);
    return { guest, login: login.body };
  }

  async function signInWithApp(person: PortalUser) {
    const { secret } = await plantApp(portal, person.id);
    const { guest } = await signIn(person);
    const answer = await guest.postJson('/mfa/challenge', { code: totpCode(secret, clock.now()) });
    expect(answer.body.outcome).toBe('signed-in');
    clock.advance(30_000);
    return { guest, secret };
  }

  return { organizationWith, signIn, signInWithApp };
}
