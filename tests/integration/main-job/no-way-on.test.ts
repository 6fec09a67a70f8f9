import { giveApp } from '../../support/given-app';
import { addPerson, visit } from '../../support/member';
import { textOf } from '../../support/page-text';
import { createPortal } from '../../support/portal';
import { wrongCodes } from '../../support/totp';

const FIELD = 'name="code"';

describe('a page on which no code helps', () => {
  it('says that no message went out where none did, and offers to send one', async () => {
    const down = { send: () => Promise.reject(new Error('The network is down.')) };
    const portal = createPortal({ sms: down, email: down });
    await portal.mfa.policies.save('acme', { enabled: true });
    const mary = { userId: 'mary', organizationId: 'acme' };
    await portal.mfa.members.save(mary, { enabled: true, assignedKind: 'sms' });
    const browser = visit(portal);
    await browser.logIn('mary');
    const page = await browser.get('/mfa/challenge');
    expect(textOf(page.text)).toContain('We couldn’t send a code');
    expect(textOf(page.text)).not.toContain('too long ago');
    expect(page.text).not.toContain(FIELD);
    expect(page.text).toContain('Send a new code');
  });

  it('leads out of a step-up after five wrong codes, with the other ways and the way to start over', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const app = await giveApp(portal, 'ada');
    const browser = visit(portal);
    await browser.logIn('ada');
    await browser.postJson('/mfa/challenge', { code: app.nextCode() });
    portal.clock.advance(700_000);
    const pages = [];
    for (const code of wrongCodes(app.secret, portal.clock.now(), 6))
      pages.push(await browser.post('/mfa/step-up', { code }));
    expect(textOf(pages[3]?.text ?? '')).toContain('1 try left.');
    expect(pages[3]?.text).toContain(FIELD);
    expect(pages[3]?.text).not.toContain('Send a new code');
    for (const page of pages.slice(4)) {
      expect(page.status).toBe(401);
      expect(textOf(page.text)).toContain('Too many wrong codes');
      expect(page.text).not.toContain(FIELD);
      expect(page.text).toContain('Sign out and start over');
    }
    expect((await browser.getJson('/plain')).status).toBe(200);
  });

  it('asks nobody for a password who has none', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const { id } = addPerson(portal, { hasPassword: false });
    const browser = visit(portal);
    await browser.post(`/sso/${id}`);
    const opened = await browser.getJson('/mfa/step-up');
    expect(opened.body).toMatchObject({ outcome: 'enroll' });
    expect(opened.body).not.toHaveProperty('password');
  });

  it('ends an enrollment at sign-in after five wrong codes, and says so beside the name that was typed', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const browser = visit(portal);
    await browser.logIn('ada');
    await browser.postJson('/mfa/enroll/sms', { phone: '+44 7700 900123' });
    const right = browser.newestCode('+447700900123');
    const wrong = Array.from({ length: 6 }, (_, index) => `00000${index}`).filter((code) => code !== right);
    const pages = [];
    for (const code of wrong.slice(0, 5)) pages.push(await browser.post('/mfa/enroll/sms/confirm', { code }));
    const last = pages[4]?.text ?? '';
    expect(textOf(last)).toContain('You entered too many wrong codes, so nothing was set up.');
    expect(last).toMatch(/name="username"[^>]* value="ada"/);
    expect((await browser.getJson('/mfa/state')).body).toMatchObject({ signedIn: false, pending: null });
  });

  it('ends an enrollment in a session after five wrong codes instead of asking with no try left', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const app = await giveApp(portal, 'ada');
    const browser = visit(portal);
    await browser.logIn('ada');
    await browser.postJson('/mfa/challenge', { code: app.nextCode() });
    await browser.postJson('/mfa/enroll/sms', { phone: '+44 7700 900123' });
    const right = browser.newestCode('+447700900123');
    const wrong = Array.from({ length: 6 }, (_, index) => `00000${index}`).filter((code) => code !== right);
    const pages = [];
    for (const code of wrong.slice(0, 5)) pages.push(await browser.post('/mfa/enroll/sms/confirm', { code }));
    expect(textOf(pages[3]?.text ?? '')).toContain('1 try left.');
    expect(textOf(pages[4]?.text ?? '')).toContain('You entered too many wrong codes. Wait ten minutes');
    expect(pages[4]?.text).not.toContain(FIELD);
    const { authenticators } = await portal.records.findMember('ada', 'acme');
    expect(authenticators.map(({ kind }) => kind)).toEqual(['totp']);
  });
});
