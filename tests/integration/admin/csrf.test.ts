import request from 'supertest';
import { createAdminHost, signInToChange } from '../../support/admin-host';
import { adminRoutes } from '../../support/admin-routes';

// Another site lets the administrator's browser send a form.

const posts = adminRoutes('alan').filter(({ method }) => method === 'POST');

describe('a form without the token of the session', () => {
  it.each(posts.map((route) => [route.path, route] as const))('is refused at %s', async (_name, route) => {
    const host = createAdminHost();
    const agent = await signInToChange(host, 'ada');
    const other = await signInToChange(host, 'root');
    const foreign = await other.csrfToken();
    const path = `/admin/mfa/acme${route.path}`;
    const policy = await host.records.findPolicy('acme');
    const member = await host.records.findMember('alan', 'acme');
    for (const token of ['', 'wrong', foreign]) {
      const asForm = await agent.post(path, { ...route.body, _csrf: token });
      expect(asForm.status).toBe(403);
      const asJson = await agent.postJson(path, route.body, { 'x-csrf-token': token });
      expect(asJson.body).toMatchObject({ outcome: 'rejected', because: 'csrf-token-refused' });
    }
    const crossSite = await agent.postJson(path, route.body, { 'sec-fetch-site': 'cross-site' });
    expect(crossSite.status).toBe(403);
    expect(await host.records.findPolicy('acme')).toEqual(policy);
    expect(await host.records.findMember('alan', 'acme')).toEqual(member);
  });
});

describe('every answer', () => {
  it.each([
    '/admin/mfa/acme',
    '/admin/mfa/acme/members',
    '/admin/mfa/nowhere',
    '/admin/mfa/acme/members.csv',
  ])('of %s is not stored, framed or sniffed', async (path) => {
    const host = createAdminHost();
    const agent = await signInToChange(host, 'ada');
    const answered = await agent.get(path);
    expect(answered.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
    });
    expect(answered.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('refuses a body that is too large or is not what it says', async () => {
    const host = createAdminHost();
    const agent = await signInToChange(host, 'ada');
    const large = await agent.postJson('/admin/mfa/acme/members/alan/reset', { reason: 'x'.repeat(20_000) });
    expect(large.status).toBe(413);
    const sent = await request(host.app)
      .post('/admin/mfa/acme/policy')
      .set('content-type', 'application/json')
      .set('accept', 'application/json')
      .send('{"enabled":');
    expect(sent.status).toBe(400);
  });
});
