import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';

describe('delivered codes', () => {
  it('sends the code of an assigned email by itself, and accepts the newest only', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    await portal.mfa.members.save(
      { userId: 'ada', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const ada = visit(portal);
    const login = await ada.logIn('ada');
    expect(login.body).toMatchObject({
      outcome: 'challenge',
      anyOf: [{ authenticatorId: 'on-file-email', kind: 'email', destination: 'a•••@acme.example' }],
      sent: { kind: 'email', destination: 'a•••@acme.example', expiresAt: portal.clock.now() + 300_000 },
    });
    const old = ada.newestCode('ada@acme.example');
    const early = await ada.postJson('/mfa/challenge/resend');
    expect(early.status).toBe(429);
    expect(early.body).toMatchObject({ outcome: 'rejected', because: 'send-limit', retryAfterSeconds: 30 });
    portal.clock.advance(30_000);
    expect((await ada.postJson('/mfa/challenge/resend')).body).toMatchObject({ outcome: 'sent' });
    const code = ada.newestCode('ada@acme.example');
    expect(code).not.toBe(old);
    expect((await ada.postJson('/mfa/challenge', { code: old })).body).toMatchObject({
      because: 'wrong-code',
    });
    expect((await ada.postJson('/mfa/challenge', { code })).body).toMatchObject({ outcome: 'signed-in' });
    expect((await ada.getJson('/')).body.session).toMatchObject({ assuranceLevel: 1 });
  });

  it('says in the mail from where the code was asked for, at sign-in, again and at enrollment', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const firefox = {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    };
    const mails = () => portal.outbox.messages.filter(({ channel }) => channel === 'email');
    const ada = visit(portal);
    await ada.logIn('ada');
    await ada.postJson('/mfa/enroll/email', { email: 'ada@elsewhere.example' }, firefox);
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const mary = visit(portal);
    await mary.postJson('/mfa/login', { username: 'mary', password: PASSWORD }, firefox);
    portal.clock.advance(30_000);
    await mary.postJson('/mfa/challenge/resend', {}, firefox);
    expect(mails()).toHaveLength(3);
    for (const { text } of mails()) expect(text).toMatch(/Device: +Firefox on Linux\nFrom: +127\.0\.0\.1/);
  });

  it('falls back to the email on file when the text message fails, and says so', async () => {
    const failing = { send: () => Promise.reject(new Error('The provider is down.')) };
    const portal = createPortal({ sms: failing });
    await portal.mfa.policies.save('acme', {
      enabled: true,
      enrollment: 'assigned',
      methods: ['totp', 'sms'],
    });
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'sms' },
    );
    const mary = visit(portal);
    const login = await mary.logIn('mary');
    expect(login.body.sent).toMatchObject({
      kind: 'email',
      destination: 'm•••@acme.example',
      fallbackFrom: 'sms',
    });
    const page = await mary.get('/mfa/challenge');
    expect(page.text).toContain('We couldn’t text your phone. The code went to your email instead.');
    expect(page.text).toContain('Check your email');
    const signedIn = await mary.postJson('/mfa/challenge', { code: mary.newestCode('mary@acme.example') });
    expect(signedIn.body).toMatchObject({ outcome: 'signed-in' });
  });
});
