import request from 'supertest';
import { createAdminHost } from '../../support/admin-host';
import { halfLoginsAt } from '../../support/half-logins';
import { holdVisit } from '../../support/held-visit';
import { createPortal } from '../../support/portal';

// The attack: another site frames a page, reads an answer or runs something in it; a cache keeps it; a cookie goes where it
// should not.

const keepsForms = expect.stringContaining("form-action 'self'") as unknown;
const leavesFormsFree = expect.not.stringContaining('form-action') as unknown;

const portal = createPortal();
const { signedIn } = halfLoginsAt(portal);

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

describe('every answer', () => {
  async function answers() {
    const { guest } = await signedIn();
    const { cookie, token } = await holdVisit(guest);
    const stranger = request(portal.app);
    const html = { accept: 'text/html', cookie };
    const json = { accept: 'application/json', cookie };
    const elsewhere = { origin: 'https://evil.example' };
    return {
      'a page': await stranger.get('/mfa/login').set({ accept: 'text/html', ...elsewhere }),
      JSON: await stranger.get('/mfa/state').set({ ...json, ...elsewhere }),
      'a redirect': await stranger.get('/mfa/challenge').set({ accept: 'text/html', ...elsewhere }),
      'a redirect of the guard': await stranger.get('/plain').set({ accept: 'text/html', ...elsewhere }),
      'a refusal': await stranger
        .post('/mfa/challenge')
        .set({ ...json, ...elsewhere, 'x-csrf-token': token })
        .send({ code: 'x' }),
      'a missing page': await stranger.get('/mfa/nothing').set({ ...html, ...elsewhere }),
      'a refused token': await stranger.post('/mfa/logout').set({ ...html, ...elsewhere }),
      'a broken body': await stranger
        .post('/mfa/login')
        .set({ ...html, ...elsewhere, 'content-type': 'application/json' })
        .send('{'),
      'a preflight': await stranger
        .options('/mfa/login')
        .set({ ...elsewhere, 'access-control-request-method': 'POST' }),
    };
  }

  it('is kept by nobody, framed nowhere, runs nothing from elsewhere and is open to no other origin', async () => {
    for (const [what, { headers }] of Object.entries(await answers())) {
      expect([what, headers['cache-control']]).toEqual([what, 'no-store']);
      const cors = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
      expect([what, cors]).toEqual([what, []]);
      if (what === 'a redirect of the guard') continue;
      const policy = String(headers['content-security-policy']);
      for (const directive of [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
      ]) {
        expect([what, policy]).toEqual([what, expect.stringContaining(directive)]);
      }
      expect([what, policy.includes('unsafe')]).toEqual([what, false]);
      expect([what, headers['x-content-type-options']]).toEqual([what, 'nosniff']);
      expect([what, headers['referrer-policy']]).toEqual([what, 'same-origin']);
      expect([what, headers['x-frame-options']]).toEqual([what, 'DENY']);
      expect([what, headers['cross-origin-opener-policy']]).toEqual([what, 'same-origin']);
    }
  });

  it('keeps forms on our own pages for administrators, recovery codes and unlock links, and nowhere else', async () => {
    const { guest } = await signedIn();
    const policyOf = async (path: string) =>
      String((await guest.get(path)).headers['content-security-policy']);
    const kept = ['/mfa/enroll/recovery-codes', '/mfa/unlock?token=x'];
    for (const path of kept) expect([path, await policyOf(path)]).toEqual([path, keepsForms]);
    const free = ['settings', 'sessions', 'step-up', 'enroll', 'enroll/done', 'unlock/challenge'];
    for (const path of free) expect([path, await policyOf(`/mfa/${path}`)]).toEqual([path, leavesFormsFree]);
    const login = await request(portal.app).get('/mfa/login').set('accept', 'text/html');
    expect(login.headers['content-security-policy']).toEqual(leavesFormsFree);
    const administrators = await request(createAdminHost().app).get('/admin/mfa/acme');
    expect(administrators.headers['content-security-policy']).toEqual(keepsForms);
  });

  it('sets cookies that scripts cannot read and other sites cannot send, over TLS with a __Host- name', async () => {
    const plain = await request(portal.app).get('/mfa/login').set('accept', 'text/html');
    expect(plain.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^mfa-visitor-\w{8}=[^;]+; Max-Age=7200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const begun = await request(portal.app).post('/sso/linus');
    expect(begun.headers['set-cookie']).toEqual([
      expect.stringMatching(/^session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
    ]);
    const secured = createPortal({ baseUrl: 'https://portal.example' });
    secured.app.set('trust proxy', 'loopback');
    const page = await request(secured.app)
      .get('/mfa/login')
      .set({ accept: 'text/html', 'x-forwarded-proto': 'https' });
    expect(page.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-mfa-visitor-\w{8}=[^;]+; Max-Age=7200; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    const begunOverTls = await request(secured.app).post('/sso/linus').set('x-forwarded-proto', 'https');
    expect(begunOverTls.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(page.headers['strict-transport-security']).toMatch(/^max-age=63072000/);
    expect(plain.headers['strict-transport-security']).toBeUndefined();
    const insecure = await request(secured.app).get('/mfa/login').set('accept', 'text/html');
    expect(insecure.headers['set-cookie']).toBeUndefined();
  });
});
