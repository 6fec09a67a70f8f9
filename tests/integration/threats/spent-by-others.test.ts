import { createOutbox } from '../../../src/index';
import type { MfaEvent, SmsSender } from '../../../src/index';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// The attack: whoever has an ordinary account, or can sign up for one, makes the site send everybody's codes to their
// mailboxes: by numbers that the provider rejects, until the site takes it for broken, or by using up what is meant for many.
// With a password and a mailbox that is a takeover.

const HOUR = 3600;

let numbers = 0;
/** In Britain, and one that no other test uses. */
function nextPhone(): string {
  numbers += 1;
  return `+44207${1_000_000 + numbers}`;
}

let organizations = 0;

describe.each(storeKinds)('texts of an organization, with $kind', ({ open }) => {
  const { close, records, state } = open();
  afterAll(close);

  /** Two organizations that know nothing of each other; their members prove phones on file at sign-in. */
  async function twoOrganizations(change: Parameters<typeof createPortal>[0] = {}) {
    const portal = createPortal({ records, state, ...change });
    organizations += 1;
    const [mine, other] = [`mine-${organizations}`, `other-${organizations}`];
    for (const organizationId of [mine, other])
      await portal.mfa.policies.save(organizationId, { enabled: true, enrollment: 'required' });
    const events: MfaEvent[] = [];
    portal.mfa.events.on('event', (event) => events.push(event));
    return { portal, mine, other, events };
  }

  async function memberOf(portal: Portal, organizationId: string): Promise<PortalUser> {
    const person = addPerson(portal, { organizationId });
    await portal.mfa.members.save(
      { userId: person.id, organizationId },
      { enabled: true, assignedKind: 'sms' },
    );
    return person;
  }

  async function enrollPhone(portal: Portal, organizationId: string, phone: string) {
    const guest = visit(portal);
    await guest.logIn(addPerson(portal, { organizationId }).username);
    return guest.postJson('/mfa/enroll/sms', { phone });
  }

  async function signInBySms(portal: Portal, organizationId: string) {
    const person = await memberOf(portal, organizationId);
    return (await visit(portal).logIn(person.username)).body.sent;
  }

  it.each([
    ['its messages', { perOrganization: [{ max: 2, seconds: HOUR }] }],
    ['its texts', { perOrganizationSms: [{ max: 2, seconds: HOUR }] }],
    ['its texts to a country', { perCountryPrefix: [{ max: 2, seconds: HOUR }] }],
  ])('arrive although another one has used up %s', async (_what, sends) => {
    const { portal, mine, other, events } = await twoOrganizations({ sends });
    for (let index = 0; index < 2; index += 1) {
      expect((await enrollPhone(portal, other, nextPhone())).status).toBe(200);
      expect(await signInBySms(portal, other)).toMatchObject({ kind: 'sms' });
    }
    expect((await enrollPhone(portal, other, nextPhone())).body).toMatchObject({
      because: 'send-budget-exhausted',
    });
    expect(await signInBySms(portal, mine)).toMatchObject({ kind: 'sms' });
    expect((await enrollPhone(portal, mine, nextPhone())).status).toBe(200);
    const exhausted = events.filter(({ name }) => name === 'send-budget-exhausted');
    expect(exhausted.map(({ organizationId }) => organizationId)).toEqual([other]);
    expect(portal.errors).toEqual([]);
  });

  it.each([
    ['messages', { perOrganization: [{ max: 2, seconds: HOUR }] }],
    ['texts', { perOrganizationSms: [{ max: 2, seconds: HOUR }] }],
    ['texts to a country', { perCountryPrefix: [{ max: 2, seconds: HOUR }] }],
  ])('reach its members although new accounts have used up its %s for enrollments', async (_what, sends) => {
    const { portal, mine } = await twoOrganizations({ sends });
    for (let index = 0; index < 4; index += 1) await enrollPhone(portal, mine, nextPhone());
    expect((await enrollPhone(portal, mine, nextPhone())).status).toBe(429);
    expect(await signInBySms(portal, mine)).toMatchObject({ kind: 'sms' });
    expect(await signInBySms(portal, mine)).toMatchObject({ kind: 'sms' });
    expect((await signInBySms(portal, mine))?.kind).not.toBe('sms');
  });

  const refusals = {
    'a code of Twilio': () => Object.assign(new Error('Invalid To'), { status: 400, code: 21211 }),
    'a country that is switched off': () =>
      Object.assign(new Error('Not enabled'), { status: 403, code: 21408 }),
    'a landline': () => Object.assign(new Error('Not a mobile'), { status: 400, code: 21614 }),
    'an answer without a code': () => Object.assign(new Error('Bad request'), { statusCode: 422 }),
    'nothing but words': () => new Error('This number is not served.'),
  };

  it.each(Object.entries(refusals))(
    'arrive although somebody named numbers that are refused with %s',
    async (_what, refusal) => {
      const outbox = createOutbox();
      const sms: SmsSender = {
        async send(message, signal) {
          if (message.to.startsWith('+442071')) throw refusal();
          return outbox.sms.send(message, signal);
        },
      };
      const { portal, mine, other } = await twoOrganizations({ sms });
      const guest = visit(portal);
      await guest.logIn(addPerson(portal, { organizationId: other }).username);
      for (let index = 0; index < 6; index += 1) {
        const refused = await guest.postJson('/mfa/enroll/sms', { phone: nextPhone() });
        expect(refused.body).toMatchObject({ because: 'delivery-failed' });
      }
      expect(await signInBySms(portal, mine)).toMatchObject({ kind: 'sms' });
      expect(await signInBySms(portal, other)).toMatchObject({ kind: 'sms' });
    },
  );
});
