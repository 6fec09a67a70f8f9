import { redisRecords } from '../../support/records';
import { redisState } from '../../../src/redis';
import { createOutbox } from '../../../src/index';
import type { MfaEvent } from '../../../src/index';
import { visit } from '../../support/member';
import type { Member } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';

// The attack: whoever earns on messages to certain numbers signs up, or signs in with stolen passwords, and has codes
// sent there, as many and as far away as the site will pay for. Or floods one victim's phone.

const DAY = 86_400_000;

function hear(portal: Portal): MfaEvent[] {
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));
  return events;
}

async function requiredPortal(change: Parameters<typeof createPortal>[0] = {}): Promise<Portal> {
  const portal = createPortal(change);
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  for (let index = 0; index < 30; index += 1) {
    const id = `person-${index}`;
    portal.users.set(id, {
      id,
      username: id,
      password: PASSWORD,
      email: `${id}@acme.example`,
      organizationId: 'acme',
    });
  }
  return portal;
}

/** Each a person of their own, with a phone of their own, in Britain. */
async function enrollPhone(portal: Portal, index: number, phone?: string) {
  const member = visit(portal);
  await member.logIn(`person-${index}`);
  return member.postJson('/mfa/enroll/sms', {
    phone: phone ?? `+4479460018${String(index).padStart(2, '0')}`,
  });
}

const smsCount = (portal: Portal) => portal.outbox.messages.filter(({ channel }) => channel === 'sms').length;

/** Asks for a code, over and over for a day, signing in anew each time. Returns how many came. */
async function floodForADay(portal: Portal, username: string): Promise<number> {
  const before = portal.outbox.messages.length;
  for (let minutes = 0; minutes < 24 * 60; minutes += 30) {
    await visit(portal).logIn(username);
    portal.clock.advance(30 * 60_000);
  }
  return portal.outbox.messages.length - before;
}

describe('codes sent to one person', () => {
  it('are at most ten a day, however often somebody signs in', async () => {
    const portal = await requiredPortal();
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'sms' },
    );
    expect(await floodForADay(portal, 'mary')).toBe(10);
  });

  it('count on after the process was started again, in Redis', async () => {
    const redis = connectRedis();
    const stores = { records: redisRecords(redis), state: redisState(redis) };
    const first = await requiredPortal({
      ...stores,
      sends: { perDestination: [{ max: 2, seconds: 600 }] },
    });
    const assigned = { enabled: true, assignedKind: 'email' } as const;
    await first.mfa.members.save({ userId: 'mary', organizationId: 'acme' }, assigned);
    await visit(first).logIn('mary');
    await visit(first).logIn('mary');
    const second = createPortal({ ...stores, sends: { perDestination: [{ max: 2, seconds: 600 }] } });
    const mary = visit(second);
    const login = await mary.logIn('mary');
    expect(login.body).toMatchObject({ notSent: { because: 'send-limit', retryAfterSeconds: 600 } });
    expect(second.outbox.messages).toEqual([]);
    second.clock.advance(600_000);
    await visit(second).logIn('mary');
    expect(second.outbox.messages).toHaveLength(1);
    redis.disconnect();
  });
});

describe('codes sent for many', () => {
  it.each([
    ['organization', { perOrganization: [{ max: 3, seconds: 3600 }] }],
    ['organization-sms', { perOrganizationSms: [{ max: 3, seconds: 3600 }] }],
    ['country-prefix', { perCountryPrefix: [{ max: 3, seconds: 3600 }] }],
    ['total-sms', { totalSms: [{ max: 3, seconds: 3600 }] }],
    ['total', { total: [{ max: 3, seconds: 3600 }] }],
  ])('end with the budget: %s', async (budget, sends) => {
    const portal = await requiredPortal({ sends });
    const events = hear(portal);
    for (let index = 0; index < 3; index += 1) expect((await enrollPhone(portal, index)).status).toBe(200);
    for (let index = 3; index < 6; index += 1) {
      const refused = await enrollPhone(portal, index);
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('3600');
      expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'send-budget-exhausted' });
    }
    expect(smsCount(portal)).toBe(3);
    const alarms = events.filter(({ name }) => name === 'send-budget-exhausted');
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ organizationId: 'acme', details: { budget, kind: 'sms' } });
    expect(events.filter(({ name }) => name === 'delivery-refused')).toHaveLength(3);
    // Where other organizations are held up too, whoever runs the site is told.
    const told = portal.errors
      .map(String)
      .filter((error) => error.includes('is reached, the limit over all'));
    expect(told).toHaveLength(budget.startsWith('total') ? 1 : 0);
    portal.clock.advance(3_600_000);
    expect((await enrollPhone(portal, 6)).status).toBe(200);
  });

  it('leave other countries and emails alone when one country has had its share', async () => {
    const portal = await requiredPortal({ sends: { perCountryPrefix: [{ max: 1, seconds: 3600 }] } });
    expect((await enrollPhone(portal, 0, '+18765550100')).status).toBe(200);
    expect((await enrollPhone(portal, 1, '+18765550101')).status).toBe(429);
    expect((await enrollPhone(portal, 2, '+12125550100')).status).toBe(200);
    const member = visit(portal);
    await member.logIn('person-3');
    expect((await member.postJson('/mfa/enroll/email', {})).body).toMatchObject({
      outcome: 'enrollment-started',
    });
  });

  it('leave the code that arrived before, and other methods, as they were', async () => {
    const portal = await requiredPortal({ sends: { total: [{ max: 1, seconds: 3600 }] } });
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const mary = visit(portal);
    await mary.logIn('mary');
    portal.clock.advance(60_000);
    const again = await mary.postJson('/mfa/challenge/resend');
    expect(again.body).toMatchObject({ because: 'send-budget-exhausted' });
    const proven = await mary.postJson('/mfa/challenge', { code: mary.newestCode('mary@acme.example') });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
  });
});

describe('a text message that must not be sent', () => {
  async function signInBySms(portal: Portal): Promise<{ readonly mary: Member; readonly body: object }> {
    await portal.mfa.members.save(
      { userId: 'mary', organizationId: 'acme' },
      { enabled: true, assignedKind: 'sms' },
    );
    const mary = visit(portal);
    return { mary, body: (await mary.logIn('mary')).body as object };
  }

  it('at a login to a country that is not allowed goes nowhere for a person without a mailbox', async () => {
    const portal = await requiredPortal({ allowedCountries: ['US'] });
    const mary = portal.users.get('mary');
    if (mary === undefined) throw new Error('There is no Mary.');
    const { email: _email, ...withoutMailbox } = mary;
    portal.users.set('mary', withoutMailbox);
    const { body } = await signInBySms(portal);
    expect(body).toMatchObject({ outcome: 'challenge', notSent: { because: 'country-not-allowed' } });
    expect(portal.outbox.messages).toEqual([]);
  });

  it('to a country that is not allowed is refused at enrollment, with another way open', async () => {
    const portal = await requiredPortal({ allowedCountries: ['GB', 'US'] });
    const events = hear(portal);
    const refused = await enrollPhone(portal, 0, '+18765550100');
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'country-not-allowed' });
    expect(smsCount(portal)).toBe(0);
    expect(events.find(({ name }) => name === 'delivery-refused')?.details).toEqual({
      kind: 'sms',
      purpose: 'enroll',
      because: 'country-not-allowed',
    });
    expect((await enrollPhone(portal, 1, '+12125550100')).status).toBe(200);
    const member = visit(portal);
    await member.logIn('person-2');
    const page = await member.post('/mfa/enroll/sms', { phone: '+18765550100' });
    expect(page.status).toBe(403);
    expect(page.text).toContain('send text messages to that country');
  });

  it.each([
    ['a country that is not allowed', { allowedCountries: ['US' as const] }],
    ['a budget that is used up', { sends: { totalSms: [{ max: 1, seconds: 86_400 }] } }],
  ])('at a login because of %s goes by email, and the page says so', async (_because, change) => {
    const portal = await requiredPortal(change);
    await enrollPhone(portal, 0, '+442079460099');
    const { mary, body } = await signInBySms(portal);
    expect(body).toMatchObject({ sent: { kind: 'email', fallbackFrom: 'sms' } });
    const proven = await mary.postJson('/mfa/challenge', { code: mary.newestCode('mary@acme.example') });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    expect(portal.outbox.messages.at(-1)).toMatchObject({ to: 'mary@acme.example' });
  });

  it('is refused in a reason of its own where there is no address to fall back to', async () => {
    const clockless = createOutbox({ clock: { now: () => 0 } });
    const portal = await requiredPortal({
      allowedCountries: ['US'],
      email: undefined,
      sms: clockless.sms,
    });
    const { body } = await signInBySms(portal);
    expect(body).toMatchObject({ notSent: { because: 'country-not-allowed' } });
    expect(clockless.messages).toEqual([]);
  });

  it('is not made up for by email to a person who has had enough codes', async () => {
    const portal = await requiredPortal({ sends: { perUser: [{ max: 1, seconds: 86_400 }] } });
    await signInBySms(portal);
    portal.clock.advance(DAY / 2);
    const { body } = await signInBySms(portal);
    expect(body).toMatchObject({ notSent: { because: 'send-limit' } });
    expect(portal.outbox.messages).toHaveLength(1);
  });
});
