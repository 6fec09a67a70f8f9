import request from 'supertest';
import { visit } from '../../support/member';
import { createPortal } from '../../support/portal';

// The attack: another site has the victim's browser send a form. It carries no cookie of the victim's (SameSite=Lax), but an answer
// that began a session would put its cookie in the place of theirs, and they would be signed out.

const portal = createPortal();

beforeAll(async () => {
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
});

afterAll(() => portal.mfa.settled());

const forms = ['/mfa/login', '/mfa/logout', '/mfa/challenge', '/mfa/enroll/totp', '/mfa/nothing', '/plain'];

describe('a form of another site', () => {
  it.each(forms)('sets no cookie at %s', async (path) => {
    const answer = await request(portal.app)
      .post(path)
      .set({ accept: 'text/html', 'sec-fetch-site': 'cross-site' })
      .type('form')
      .send({ username: 'ada', password: 'whatever' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('is refused, but a link of another site leads to a form that works', async () => {
    const ada = visit(portal);
    const page = await request(portal.app)
      .get('/mfa/login')
      .set({ accept: 'text/html', 'sec-fetch-site': 'cross-site' });
    expect(page.headers['set-cookie']).toHaveLength(1);
    expect(page.text).toMatch(/name="_csrf" value="[^"]+"/);
    expect((await ada.logIn('ada')).status).toBe(200);
  });
});
