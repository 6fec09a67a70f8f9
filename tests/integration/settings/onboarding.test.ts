import { createHttpAgent } from '../../support/http-agent';
import { giveAddress } from '../../support/own-factors';
import { textOf } from '../../support/page-text';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal } from '../../support/portal';

async function createSignUpPortal(policy: Parameters<Portal['mfa']['policies']['save']>[1]): Promise<Portal> {
  const portal = createPortal();
  const saved = await portal.mfa.policies.save('acme', { enabled: true, enrollAtSignUp: true, ...policy });
  expect(saved.outcome).toBe('saved');
  return portal;
}

async function signUp(portal: Portal, userId = 'mary') {
  const identity = createHttpAgent(portal.app);
  await identity.post(`/sso/${userId}`);
  return { identity, response: await identity.post('/signed-up') };
}

describe('onboarding', () => {
  async function startWithPhone() {
    const portal = await createSignUpPortal({ enrollment: 'assigned', methods: ['sms', 'email'] });
    const { identity, response } = await signUp(portal);
    const start = await identity.follow(response);
    expect(textOf(start.text)).toContain('Protect your account');
    expect(textOf(start.text)).toContain('Skip for now');
    const link = /href="(\/mfa\/enroll\/sms[^"]*)"/.exec(start.text)?.[1] ?? '';
    return { portal, identity, phoneLink: link.replaceAll('&amp;', '&') };
  }

  it('asks for the password again where the sign-up was ten minutes ago, and not before', async () => {
    const { portal, identity, phoneLink } = await startWithPhone();
    portal.clock.advance(10 * 60_000 - 1);
    expect((await identity.get(phoneLink)).status).toBe(200);
    portal.clock.advance(1);
    const password = await identity.follow(await identity.get(phoneLink));
    expect(textOf(password.text)).toContain('Confirm it’s you to add a phone number.');
    expect(textOf(password.text)).toContain('Enter your password again');
    const returnTo = /name="returnTo" value="([^"]+)"/.exec(password.text)?.[1] ?? '';
    const wrong = await identity.post('/mfa/step-up', { returnTo, password: 'not the password' });
    expect([wrong.status, textOf(wrong.text)]).toEqual([
      401,
      expect.stringContaining('That password didn’t work.'),
    ]);
    portal.clock.advance(1000);
    const number = await identity.follow(
      await identity.post('/mfa/step-up', { returnTo, password: PASSWORD }),
    );
    expect(number.text).toContain('value="+442079460018"');
  });

  it('leads from the sign-up to a phone that is proven: start, number, code, success, mail', async () => {
    const { portal, identity, phoneLink } = await startWithPhone();
    const number = await identity.get(phoneLink);
    expect(number.text).toContain('value="+442079460018"');
    const code = await identity.follow(
      await identity.post('/mfa/enroll/sms', { phone: '+44 20 7946 0018', returnTo: '/plain' }),
    );
    expect(textOf(code.text)).toContain('We texted a 6-digit code to •••• 0018');
    const digits = /\b\d{6}\b/.exec(portal.outbox.messages.at(-1)?.text ?? '')?.[0];
    const codes = await identity.follow(
      await identity.post('/mfa/enroll/sms/confirm', { code: digits, returnTo: '/plain' }),
    );
    expect(textOf(codes.text)).toContain('Save your recovery codes');
    const success = await identity.follow(
      await identity.post('/mfa/enroll/recovery-codes', { saved: 'yes', returnTo: '/plain' }),
    );
    expect(textOf(success.text)).toContain('Your account is protected');
    expect(textOf(success.text)).toContain('We sent a confirmation to m•••@acme.example .');
    expect(success.text).toContain('href="/plain"');
    await portal.mfa.settled();
    expect(portal.outbox.messages.at(-1)).toMatchObject({ channel: 'email', to: 'mary@acme.example' });
    expect((await identity.getJson('/plain')).body).toEqual({ plain: true });
  });

  it('is left out where no method can be set up', async () => {
    const portal = await createSignUpPortal({ enrollment: 'assigned' });
    // As after a deployment without the sender of text messages.
    const { policy } = await portal.records.findPolicy('acme');
    await portal.records.savePolicy({ ...policy, methods: ['passkey'] }, policy.version);
    const { response } = await signUp(portal);
    expect(response.headers['location']).toBe('/plain');
  });

  it('can be put off where the policy asks for nothing, and counts no skip', async () => {
    const portal = await createSignUpPortal({ enrollment: 'assigned' });
    const { identity, response } = await signUp(portal);
    await identity.follow(response);
    const skipped = await identity.post('/mfa/enroll/skip', { returnTo: '/plain' });
    expect(skipped.headers['location']).toBe('/plain');
    expect((await portal.records.findMember('mary', 'acme')).settings.skipsUsed).toBe(0);
    expect((await identity.postJson('/mfa/enroll/skip')).status).toBe(403);
  });

  it('cannot be put off where the policy requires it', async () => {
    const portal = await createSignUpPortal({ enrollment: 'required' });
    const { identity, response } = await signUp(portal);
    const start = await identity.follow(response);
    expect(textOf(start.text)).not.toContain('Skip for now');
    expect((await identity.postJson('/mfa/enroll/skip')).status).toBe(403);
    expect((await identity.getJson('/plain')).status).toBe(403);
  });

  it.each([
    ['the policy is off', { enabled: false }],
    ['sign-up is left as it is', { enrollAtSignUp: false, enrollment: 'assigned' as const }],
  ])('goes straight on where %s', async (_, policy) => {
    const portal = await createSignUpPortal(policy);
    expect((await signUp(portal)).response.headers['location']).toBe('/plain');
  });

  it('goes straight on for a person who has a factor already, and for a stranger', async () => {
    const portal = await createSignUpPortal({ enrollment: 'assigned' });
    await giveAddress(portal, 'mary', { kind: 'sms', to: '+442079460018' });
    const identity = createHttpAgent(portal.app);
    await identity.post('/sso/mary');
    expect((await identity.post('/signed-up')).headers['location']).toBe('/plain');
    const stranger = await createHttpAgent(portal.app).post('/signed-up');
    expect(stranger.headers['location']).toBe('/plain');
  });
});
