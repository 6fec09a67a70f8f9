import { addPerson, enrollApp, visit } from '../../support/member';
import { createPortal, type PortalUser } from '../../support/portal';
import { totpCode } from '../../support/totp';

const portal = createPortal();
const { clock, mfa, records } = portal;

/** Enrolled by another process of a rolling deployment, which runs a newer version. */
async function addUnknown({ id }: PortalUser): Promise<void> {
  await records.addAuthenticator(id, {
    id: `unknown-${id}`,
    kind: 'a-kind-to-come',
    label: 'My new thing',
    createdAt: clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state: {},
    sealedSecret: 'v9.unknown.secret',
    maskedDestination: null,
  });
}

beforeAll(() => mfa.policies.save('acme', { enabled: true, enrollment: 'required' }));
afterAll(() => mfa.settled());

describe('an authenticator of a kind that this process does not know', () => {
  it('is never read as nothing enrolled: a password alone neither signs in nor enrolls', async () => {
    const person = addPerson(portal);
    await addUnknown(person);
    const guest = visit(portal);
    const answer = await guest.logIn(person.username);
    expect([answer.status, answer.body]).toMatchObject([
      403,
      { outcome: 'rejected', because: 'no-usable-factor' },
    ]);
    expect((await guest.postJson('/mfa/enroll/totp')).body.outcome).not.toBe('enrollment-started');
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
  });

  it('stays beside the factors that can be proven here', async () => {
    const person = addPerson(portal);
    const { secret } = await enrollApp(portal, person.username);
    await addUnknown(person);
    const guest = visit(portal);
    const asked = await guest.logIn(person.username);
    expect(asked.body.anyOf.map(({ kind }: { kind: string }) => kind)).toEqual(['totp', 'recovery-code']);
    const code = totpCode(secret, clock.now());
    expect((await guest.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
    const page = (await guest.get('/mfa/settings')).text;
    expect(page).toContain('My new thing');
    expect(page).toContain('Other method');
    const kept = await records.findMember(person.id, 'acme');
    expect(kept.authenticators.map(({ kind }) => kind)).toEqual(['totp', 'a-kind-to-come']);
  });
});
