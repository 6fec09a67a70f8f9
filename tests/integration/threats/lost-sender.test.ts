import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';

// The attack: an app is deployed without its SMS credentials. Members to whom an administrator assigned text messages now look as if
// they had nothing, and whoever has a password sets up an authenticator of their own.

describe('a member to whom a kind was assigned by which nothing is sent any more', () => {
  it('is refused, and neither let in nor asked to enroll something else', async () => {
    const before = createPortal();
    const { records, state } = before;
    const mary = { userId: 'mary', organizationId: 'acme' };
    await before.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    await before.mfa.members.save(mary, { enabled: true, assignedKind: 'sms' });
    expect((await visit(before).logIn('mary')).body).toMatchObject({ outcome: 'challenge' });

    const after = createPortal({ records, state, sms: undefined });
    const thief = visit(after);
    const login = await thief.logIn('mary');
    expect([login.status, login.body]).toMatchObject([403, { because: 'no-usable-factor' }]);
    expect((await thief.postJson('/mfa/enroll/totp')).body).not.toHaveProperty('totp');
    expect((await thief.getJson('/whoami')).body.authenticated).toBe(false);

    // An administrator assigns another kind.
    await after.mfa.members.save(mary, { enabled: true, assignedKind: 'email' });
    const owner = visit(after);
    await owner.logIn('mary');
    const answer = await owner.postJson('/mfa/challenge', { code: owner.newestCode('mary@acme.example') });
    expect(answer.body).toMatchObject({ outcome: 'signed-in' });
    for (const { mfa } of [before, after]) await mfa.close();
  });
});
