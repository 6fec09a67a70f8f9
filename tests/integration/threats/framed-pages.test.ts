import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';

// The attack: another site shows a page of ours in a frame and lets its visitor click on what lies under the cursor, or has a
// script of its own run in it. Where the guard answers with a page in place of the host's, no router of ours was there to set headers.

describe('a page that the guard answers with', () => {
  it('stands in no frame and runs nothing from elsewhere, like every other page of ours', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal, { mfaEnrolled: true });
    const guest = visit(portal);
    await guest.post(`/sso/${person.id}`);
    const pages = [await guest.get('/'), await guest.post('/payouts')];
    for (const { status, headers } of pages) {
      expect(status).toBe(403);
      const names = [
        'content-security-policy',
        'x-frame-options',
        'x-content-type-options',
        'referrer-policy',
      ];
      expect(names.map((name) => headers[name])).toEqual([
        expect.stringContaining("frame-ancestors 'none'"),
        'DENY',
        'nosniff',
        'same-origin',
      ]);
      expect(headers['cache-control']).toBe('no-store');
    }
    const login = await visit(portal).get('/mfa/login');
    const policy = login.headers['content-security-policy'];
    expect(pages.map(({ headers }) => headers['content-security-policy'])).toEqual([policy, policy]);
    await portal.mfa.close();
  });
});
