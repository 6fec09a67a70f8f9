import * as fc from 'fast-check';
import { totalOf } from '../../../src/core/member/guess-counter';
import { addPerson, visit, type Member } from '../../support/member';
import { plantAddress, plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal, type PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';
import { totpCode, wrongCode } from '../../support/totp';

// The attack: somebody with the password and the mailbox guesses at the app, and answers right by email now and then, so that no
// lock comes. Once the app is disabled, the email code is to pass for the strongest proof there is.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe.each(storeKinds)('a weaker factor on $kind', ({ open: openStores }) => {
  const { close, records, state } = openStores();
  const portal = createPortal({ records, state });
  const { clock } = portal;

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(async () => {
    await portal.mfa.settled();
    close();
  });

  async function aPerson() {
    const person = addPerson(portal);
    const app = await plantApp(portal, person.id);
    const email = await plantAddress(portal, person.id, { kind: 'email', destination: person.email ?? '' });
    return { person, app, email };
  }

  type Person = Awaited<ReturnType<typeof aPerson>>;

  const memberOf = ({ id }: PortalUser) => records.findMember(id, 'acme');
  const appOf = async ({ person, app }: Person) =>
    (await memberOf(person)).authenticators.find(({ id }) => id === app.id);

  const wrongAppCode = ({ app }: Person) => wrongCode(totpCode(app.secret, clock.now()));

  async function guessAtApp(known: Person, times: number): Promise<void> {
    const guest = visit(portal);
    await guest.logIn(known.person.username);
    for (let tries = 0; tries < times; tries += 1)
      await guest.postJson('/mfa/challenge', { code: wrongAppCode(known) });
  }

  async function signInByEmail({ person, email }: Person): Promise<{ member: Member; outcome: string }> {
    const member = visit(portal);
    await member.logIn(person.username);
    clock.advance(MINUTE);
    const asked = await member.postJson('/mfa/challenge/factor', { authenticatorId: email });
    if (asked.body.sent === undefined) return { member, outcome: String(asked.body.because) };
    const { body } = await member.postJson('/mfa/challenge', { code: member.newestCode(person.email ?? '') });
    return { member, outcome: String(body.outcome) };
  }

  /** The app as a hundred wrong codes leave it. */
  async function aPersonWithDisabledApp() {
    const known = await aPerson();
    const app = await appOf(known);
    if (app === undefined) throw new Error('There is no app.');
    await records.addAuthenticator(known.person.id, { ...app, failures: 99 }, app.id);
    await guessAtApp(known, 1);
    expect((await appOf(known))?.disabledAt).not.toBeNull();
    return known;
  }

  it('answered right between wrong app codes does not keep the lock away', async () => {
    const known = await aPerson();
    const outcomes: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await guessAtApp(known, 4);
      outcomes.push((await signInByEmail(known)).outcome);
      clock.advance(MINUTE);
    }
    expect(outcomes.slice(0, 2)).toEqual(['signed-in', 'signed-in']);
    expect(outcomes[2]).not.toBe('signed-in');
    const { guesses } = await memberOf(known.person);
    expect(guesses.codes.failures).toEqual({ 1: 0, 2: 0, 3: 10 });
    expect(guesses.codes.lockedUntil).toBeGreaterThan(clock.now());
  });

  it('does not open by email the lock that app codes led to, though the link in the mail was followed', async () => {
    const known = await aPerson();
    await guessAtApp(known, 5);
    await guessAtApp(known, 5);
    await portal.mfa.settled();
    const text = portal.outbox.messages.findLast(({ to }) => to === known.person.email)?.text ?? '';
    const token = /unlock\?token=(\S+)/.exec(text)?.[1];
    const member = visit(portal);
    await member.postJson('/mfa/unlock', { token });
    await member.logIn(known.person.username);
    const opened = await member.getJson('/mfa/unlock/challenge');
    expect(opened.body.anyOf).toEqual([expect.objectContaining({ kind: 'totp' })]);
    const byEmail = await member.postJson('/mfa/unlock/challenge', { authenticatorId: known.email });
    expect(byEmail.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    const unlocked = await member.postJson('/mfa/unlock/challenge', {
      code: totpCode(known.app.secret, clock.now()),
    });
    expect(unlocked.body).toMatchObject({ outcome: 'signed-in' });
    expect(totalOf((await memberOf(known.person)).guesses.codes.failures)).toBe(0);
  });

  it('unlocks what was guessed at it alone', async () => {
    const person = addPerson(portal);
    const destination = person.email ?? '';
    const email = await plantAddress(portal, person.id, { kind: 'email', destination });
    for (let round = 0; round < 2; round += 1) {
      const guest = visit(portal);
      await guest.logIn(person.username);
      for (let tries = 0; tries < 5; tries += 1)
        await guest.postJson('/mfa/challenge', { code: wrongCode(guest.newestCode(destination)) });
      clock.advance(MINUTE);
    }
    await portal.mfa.settled();
    const text = portal.outbox.messages.findLast(({ text: one }) => one.includes('unlock?token'))?.text ?? '';
    const member = visit(portal);
    await member.postJson('/mfa/unlock', { token: /unlock\?token=(\S+)/.exec(text)?.[1] });
    await member.logIn(person.username);
    await member.postJson('/mfa/unlock/challenge', { authenticatorId: email });
    const code = member.newestCode(destination);
    expect((await member.postJson('/mfa/unlock/challenge', { code })).body).toMatchObject({
      outcome: 'signed-in',
    });
  });

  it('signs in where the app is disabled, and neither steps up nor changes factors', async () => {
    const known = await aPersonWithDisabledApp();
    const { member, outcome } = await signInByEmail(known);
    expect(outcome).toBe('signed-in');
    const acts: readonly [string, object][] = [
      ['/payouts', {}],
      ['/mfa/enroll/totp', {}],
      [`/mfa/settings/authenticators/${known.app.id}/remove`, {}],
      [`/mfa/settings/authenticators/${known.email}/rename`, { label: 'Mine' }],
      ['/mfa/settings/recovery-codes', {}],
    ];
    for (const [path, fields] of acts) {
      const { status, body } = await member.postJson(path, fields);
      expect([status, body]).toMatchObject([403, { outcome: 'deny', because: 'strongest-unusable' }]);
    }
    const page = await member.get('/mfa/step-up');
    expect(page.text).toContain('Use a recovery code, or ask your administrator to reset your methods.');
    expect((await memberOf(known.person)).authenticators).toHaveLength(2);
  });

  it('leaves a recovery code as the way out, and the step-up page says so', async () => {
    const known = await aPersonWithDisabledApp();
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, known.person.id, 1);
    const { member } = await signInByEmail(known);
    const page = await member.get('/mfa/step-up');
    expect(page.text).toContain('Codes from your authenticator app are turned off.');
    const proven = await member.postJson('/mfa/step-up', {
      authenticatorId: 'recovery-codes',
      code: recoveryCode,
    });
    expect(proven.body).toMatchObject({ outcome: 'stepped-up' });
    const removed = await member.postJson(`/mfa/settings/authenticators/${known.app.id}/remove`);
    expect(removed.status).toBe(200);
    expect((await member.postJson('/mfa/enroll/totp')).body.outcome).toBe('enrollment-started');
  });

  it('leaves an administrator’s reset as the other way out', async () => {
    const known = await aPersonWithDisabledApp();
    await portal.mfa.members.reset(
      { userId: known.person.id, organizationId: 'acme' },
      { reason: 'Lost the phone' },
    );
    const member = visit(portal);
    expect((await member.logIn(known.person.username)).body).toMatchObject({ outcome: 'signed-in' });
  });

  it('has no browser remembered where the app is disabled', async () => {
    await portal.mfa.policies.save('acme', { rememberBrowserSeconds: 86_400 });
    const known = await aPersonWithDisabledApp();
    const member = visit(portal);
    await member.logIn(known.person.username);
    const code = member.newestCode(known.person.email ?? '');
    await member.postJson('/mfa/challenge', { code, rememberBrowser: true });
    await portal.mfa.policies.save('acme', { rememberBrowserSeconds: 0 });
    expect(member.cookie('mfa-browser')).toBeUndefined();
  });

  it('binds no factor that the policy begins to ask for', async () => {
    const known = await aPerson();
    await portal.mfa.members.save(
      { userId: known.person.id, organizationId: 'acme' },
      { enabled: true, assignedKind: 'sms' },
    );
    const { phone: _phone, ...unphoned } = known.person;
    portal.users.set(known.person.id, unphoned);
    const member = visit(portal);
    const login = await member.logIn(known.person.username);
    expect(login.body.anyOf).toEqual([expect.objectContaining({ kind: 'totp' })]);
    const refused = await member.postJson('/mfa/challenge/factor', { authenticatorId: known.email });
    expect(refused.body).toMatchObject({ outcome: 'rejected', because: 'no-authenticator' });
    const proven = await member.postJson('/mfa/challenge', { code: totpCode(known.app.secret, clock.now()) });
    expect(proven.body).toMatchObject({ outcome: 'enroll', anyOf: ['sms'], skippable: false });
  });

  it('changes nothing of the app by any sequence of right email codes, wrong app codes and pauses', async () => {
    const steps = fc.array(fc.constantFrom('email', 'app', 'pause'), { minLength: 4, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const known = await aPerson();
        for (const step of sequence) {
          if (step === 'pause') clock.advance(HOUR);
          else if (step === 'app') await guessAtApp(known, 3);
          else {
            const [before, own] = [(await memberOf(known.person)).guesses.codes, await appOf(known)];
            await signInByEmail(known);
            const after = (await memberOf(known.person)).guesses.codes;
            // A lock that has run out starts the count anew, whoever comes next.
            const ranOut = before.lockedUntil !== null && clock.now() >= before.lockedUntil;
            expect(after.failures[3]).toBe(ranOut ? 0 : before.failures[3]);
            expect(after.locks[3]).toBe(before.locks[3]);
            expect(await appOf(known)).toEqual(own);
          }
        }
        const { member, outcome } = await signInByEmail(known);
        if (outcome === 'signed-in') {
          expect((await member.postJson('/payouts')).body).toMatchObject({
            outcome: 'challenge',
            because: 'authentication-too-old',
          });
        }
      }),
      { numRuns: 4 },
    );
  });
});
