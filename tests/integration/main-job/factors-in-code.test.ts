import { memoryState } from '../../../src/index';
import type { MfaEvent, StateStore } from '../../../src/index';
import { addPerson, visit } from '../../support/member';
import { plantApp, plantRecoveryCodes } from '../../support/planted';
import { createPortal } from '../../support/portal';
import type { Portal, PortalUser } from '../../support/portal';
import { totpCode, wrongCode } from '../../support/totp';

// A host asks for factors and sets them up in its own code, for people who have no browser on it, such as in a native app.

const origin = { address: '192.0.2.7', userAgent: 'Acme app' };
const codeIn = (text = '') => /\b\d{6}\b/.exec(text)?.[0] ?? '';

async function aPortal(policy: object = {}) {
  const portal = createPortal();
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required', ...policy });
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));
  return { portal, mfa: portal.mfa, events };
}

async function withApp({ portal }: { readonly portal: Portal }) {
  const person = addPerson(portal, { organizationId: 'acme', email: 'grace@acme.example' });
  const { secret } = await plantApp(portal, person.id);
  return { person, member: { userId: person.id, organizationId: 'acme' }, secret };
}

async function begun(mfa: Portal['mfa'], member: { readonly userId: string }) {
  const challenge = await mfa.challenges.begin(member);
  if (challenge.outcome !== 'challenge') throw new Error(`It is ${challenge.outcome}.`);
  return challenge;
}

const shapeOf = ({ name, userId, organizationId, details }: MfaEvent) => ({
  name,
  userId,
  organizationId,
  details,
});

describe('a challenge in code', () => {
  it('is answered by a right code, once', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, secret } = await withApp(world);
    const { challengeId, asked, anyOf } = await begun(mfa, member);
    expect(asked.kind).toBe('totp');
    expect(anyOf).toMatchObject([{ kind: 'totp', label: 'App' }]);
    const code = totpCode(secret, portal.clock.now());
    const answer = { challengeId, code, origin };
    expect(await mfa.challenges.answer(member, answer)).toMatchObject({
      outcome: 'verified',
      kind: 'totp',
      assuranceLevel: 2,
    });
    expect(await mfa.challenges.answer(member, answer)).toMatchObject({ outcome: 'rejected' });
    const again = await begun(mfa, member);
    expect(await mfa.challenges.answer(member, { ...answer, challengeId: again.challengeId })).toMatchObject({
      outcome: 'rejected',
      because: 'code-used',
    });
  });

  it('begins no session', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { person, member, secret } = await withApp(world);
    const { challengeId } = await begun(mfa, member);
    const code = totpCode(secret, portal.clock.now());
    await mfa.challenges.answer(member, { challengeId, code, origin });
    expect(await mfa.sessionsOf(person.id).list()).toEqual([]);
  });

  it('reports what the challenge page reports', async () => {
    const pages = await aPortal();
    const verbs = await aPortal();
    const byPage = await withApp(pages);
    const byVerb = await withApp(verbs);
    const guest = visit(pages.portal);
    await guest.logIn(byPage.person.username);
    const now = pages.portal.clock.now();
    await guest.postJson('/mfa/challenge', { code: wrongCode(totpCode(byPage.secret, now)) });
    await guest.postJson('/mfa/challenge', { code: totpCode(byPage.secret, now) });
    const { challengeId } = await begun(verbs.mfa, byVerb.member);
    const wrong = wrongCode(totpCode(byVerb.secret, now));
    const refused = await verbs.mfa.challenges.answer(byVerb.member, { challengeId, code: wrong, origin });
    expect(refused).toMatchObject({ outcome: 'rejected', because: 'wrong-code', attemptsLeft: 4 });
    const code = totpCode(byVerb.secret, now);
    await verbs.mfa.challenges.answer(byVerb.member, { challengeId, code, origin });
    const ofThePage = ['challenge-issued', 'proof-rejected', 'proof-accepted'];
    const told = (events: readonly MfaEvent[], { id }: PortalUser) =>
      events
        .filter(({ name }) => ofThePage.includes(name))
        .map((event) => ({ ...shapeOf(event), userId: event.userId === id ? 'the person' : event.userId }));
    expect(told(verbs.events, byVerb.person)).toEqual(told(pages.events, byPage.person));
    expect(verbs.events.find(({ name }) => name === 'proof-accepted')?.address).toBe('192.0.2.7');
  });

  it('counts guesses like every other, over challenges', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, secret } = await withApp(world);
    const code = wrongCode(totpCode(secret, portal.clock.now()));
    const outcomes: string[] = [];
    for (let challenges = 0; challenges < 2; challenges += 1) {
      // oxlint-disable-next-line no-await-in-loop
      const { challengeId } = await begun(mfa, member);
      for (let tries = 0; tries < 6; tries += 1) {
        // oxlint-disable-next-line no-await-in-loop
        const answer = await mfa.challenges.answer(member, { challengeId, code, origin });
        if (answer.outcome === 'rejected') outcomes.push(answer.because);
      }
    }
    expect(outcomes.filter((because) => because === 'wrong-code')).toHaveLength(10 - 1);
    expect(await mfa.challenges.begin(member)).toMatchObject({ outcome: 'denied', because: 'locked' });
  });

  it('sends a code where the factor wants one, and takes another factor instead', async () => {
    const world = await aPortal({ enrollment: 'assigned' });
    const { mfa, portal } = world;
    const mary = { userId: 'mary' };
    await mfa.members.save(mary, { enabled: true, assignedKind: 'email' });
    const challenge = await begun(mfa, mary);
    expect(challenge.sent).toMatchObject({ kind: 'email', destination: expect.stringContaining('•') });
    const code = codeIn(portal.outbox.messages.at(-1)?.text);
    const { challengeId } = challenge;
    const soon = await mfa.challenges.begin(mary, { challengeId });
    expect(soon).toMatchObject({ outcome: 'not-sent', because: 'send-limit', challengeId });
    expect(await mfa.challenges.begin(mary, { challengeId, authenticatorId: 'another' })).toEqual({
      outcome: 'rejected',
      because: 'no-authenticator',
    });
    expect(await mfa.challenges.answer(mary, { challengeId, code, origin })).toMatchObject({
      outcome: 'verified',
      kind: 'email',
      assuranceLevel: 1,
    });
  });

  it('tells the owner of a recovery code that was used', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { person, member } = await withApp(world);
    const [recoveryCode = ''] = await plantRecoveryCodes(portal, person.id, 1);
    const { challengeId, anyOf } = await begun(mfa, member);
    expect(anyOf.find(({ kind }) => kind === 'recovery-code')).not.toHaveProperty('destination');
    await mfa.challenges.begin(member, { challengeId, authenticatorId: 'recovery-codes' });
    const answered = await mfa.challenges.answer(member, { challengeId, code: recoveryCode, origin });
    expect(answered).toMatchObject({ outcome: 'verified', kind: 'recovery-code' });
    await mfa.settled();
    expect(portal.outbox.messages.at(-1)).toMatchObject({ to: 'grace@acme.example' });
    expect(world.events.map(({ name }) => name)).toContain('recovery-code-used');
  });

  it.each(['', 'nothing', 'x'.repeat(5000), '../x', '*'])(
    'is over where its id is %p',
    async (challengeId) => {
      const world = await aPortal();
      const { member } = await withApp(world);
      const answer = await world.mfa.challenges.answer(member, { challengeId, code: '123456', origin });
      expect(answer).toEqual({ outcome: 'rejected', because: 'challenge-expired' });
      expect(await world.mfa.challenges.begin(member, { challengeId })).toEqual(answer);
    },
  );

  it('asks for a recovery code only where nothing else is left', async () => {
    const world = await aPortal();
    const { person, member } = await withApp(world);
    const { portal, mfa } = world;
    await plantRecoveryCodes(portal, person.id, 1);
    expect((await begun(mfa, member)).asked).toMatchObject({ kind: 'totp' });
    const [app] = (await portal.records.findMember(person.id, 'acme')).authenticators;
    if (app === undefined) throw new Error('There is no app.');
    await portal.records.addAuthenticator(person.id, { ...app, disabledAt: portal.clock.now() }, app.id);
    expect((await begun(mfa, member)).asked).toMatchObject({ kind: 'recovery-code' });
  });

  it('ends where there is nothing to prove any more', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, person, secret } = await withApp(world);
    const { challengeId } = await begun(mfa, member);
    const [app] = (await portal.records.findMember(person.id, 'acme')).authenticators;
    if (app === undefined) throw new Error('There is no app.');
    await portal.records.removeAuthenticator(person.id, app.id);
    expect(await mfa.challenges.begin(member, { challengeId })).toEqual({ outcome: 'no-factor' });
    await portal.records.addAuthenticator(person.id, app);
    const code = totpCode(secret, portal.clock.now());
    expect(await mfa.challenges.answer(member, { challengeId, code, origin })).toEqual({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
  });

  it('ends where MFA is switched off', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, secret } = await withApp(world);
    const { challengeId } = await begun(mfa, member);
    await mfa.policies.save('acme', { enabled: false });
    expect(await mfa.challenges.begin(member, { challengeId })).toEqual({ outcome: 'no-factor' });
    await mfa.policies.save('acme', { enabled: true });
    const code = totpCode(secret, portal.clock.now());
    expect(await mfa.challenges.answer(member, { challengeId, code, origin })).toEqual({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
  });

  it('is over where it ends before its code is sent', async () => {
    const memory = memoryState();
    let onSend = async () => undefined as unknown;
    const state: StateStore = {
      ...memory,
      async spendSendBudgets(...given) {
        await onSend();
        return memory.spendSendBudgets(...given);
      },
    };
    const { mfa, clock, outbox } = createPortal({ state });
    await mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
    const mary = { userId: 'mary' };
    await mfa.members.save({ ...mary, organizationId: 'acme' }, { enabled: true, assignedKind: 'email' });
    const { challengeId } = await begun(mfa, mary);
    clock.advance(60_000);
    onSend = () => memory.endPendingLogin('mary', challengeId);
    expect(await mfa.challenges.begin(mary, { challengeId })).toEqual({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
    expect(outbox.messages).toHaveLength(1);
  });

  it('is nobody else’s, and ends in ten minutes and with all sessions', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, secret, person } = await withApp(world);
    const other = await withApp(world);
    const { challengeId } = await begun(mfa, member);
    const code = () => totpCode(secret, portal.clock.now());
    const foreign = await mfa.challenges.answer(other.member, { challengeId, code: code(), origin });
    expect(foreign).toEqual({ outcome: 'rejected', because: 'challenge-expired' });
    await mfa.sessionsOf(person.id).endAll();
    const ended = await mfa.challenges.answer(member, { challengeId, code: code(), origin });
    expect(ended).toMatchObject({ outcome: 'rejected', because: 'session-ended' });
    const second = await begun(mfa, member);
    portal.clock.advance(600_000);
    const late = { challengeId: second.challengeId, code: code(), origin };
    expect(await mfa.challenges.answer(member, late)).toMatchObject({ because: 'challenge-expired' });
  });

  it('does not follow a person into another organization', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { secret, person } = await withApp(world);
    const { challengeId } = await begun(mfa, { userId: person.id });
    portal.users.set(person.id, { ...person, organizationId: 'globex' });
    const answer = { challengeId, code: totpCode(secret, portal.clock.now()), origin };
    expect(await mfa.challenges.answer({ userId: person.id }, answer)).toEqual({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
  });

  it('is not begun for people who have nothing to prove, are shut out, or are strangers', async () => {
    const { mfa, portal } = await aPortal();
    expect(await mfa.challenges.begin({ userId: 'ada' })).toEqual({ outcome: 'no-factor' });
    await mfa.policies.save('acme', { enrollment: 'assigned' });
    expect(await mfa.challenges.begin({ userId: 'ada' })).toEqual({ outcome: 'no-factor' });
    const shut = addPerson(portal, { organizationId: 'acme', active: false });
    await plantApp(portal, shut.id);
    expect(await mfa.challenges.begin({ userId: shut.id })).toMatchObject({ outcome: 'denied' });
    expect(await mfa.challenges.begin({ userId: 'nobody' })).toEqual({ outcome: 'not-found' });
    expect(await mfa.challenges.begin({ userId: 'ada', organizationId: 'globex' })).toEqual({
      outcome: 'not-found',
    });
  });
});

describe('an authenticator that is set up in code', () => {
  it('is bound by its first right code, with recovery codes, and its owner is told', async () => {
    const { mfa, portal, events } = await aPortal();
    const ada = { userId: 'ada' };
    const started = await mfa.authenticators.begin(ada, { kind: 'totp' });
    if (started.outcome !== 'enrollment-started') throw new Error(started.outcome);
    const { challengeId, totp } = started;
    expect(totp?.uri).toMatch(/^otpauth:\/\/totp\/Acme%20Portal:ada%40acme\.example\?/);
    const right = totpCode(totp?.secret ?? '', portal.clock.now());
    const wrong = await mfa.authenticators.confirm(ada, { challengeId, code: wrongCode(right), origin });
    expect(wrong).toMatchObject({ outcome: 'rejected', because: 'wrong-code' });
    expect(events.at(-1)).toMatchObject({
      name: 'proof-rejected',
      address: '192.0.2.7',
      details: { because: 'wrong-code', purpose: 'enroll', kind: 'totp' },
    });
    const confirmed = await mfa.authenticators.confirm(ada, {
      challengeId,
      code: right,
      label: ' My\nphone ',
      origin,
    });
    expect(confirmed).toMatchObject({ outcome: 'enrolled', kind: 'totp' });
    expect(confirmed).toHaveProperty('recoveryCodes.length', 10);
    expect(await mfa.authenticators.list('ada')).toMatchObject([{ kind: 'totp', label: 'My phone' }]);
    await mfa.settled();
    expect(portal.outbox.messages.at(-1)).toMatchObject({ to: 'ada@acme.example' });
    expect(events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['enrollment-started', 'authenticator-added', 'recovery-codes-issued']),
    );
    const once = await mfa.authenticators.confirm(ada, { challengeId, code: right, origin });
    expect(once).toEqual({ outcome: 'rejected', because: 'challenge-expired' });
    const guest = visit(portal);
    expect((await guest.logIn('ada')).body.outcome).toBe('challenge');
  });

  it('reports and tells what the pages do', async () => {
    const pages = await aPortal();
    const verbs = await aPortal();
    const guest = visit(pages.portal);
    await guest.logIn('ada');
    const shown = await guest.postJson('/mfa/enroll/totp');
    const { secret } = shown.body.totp as { secret: string };
    const typed = totpCode(secret, pages.portal.clock.now());
    await guest.postJson('/mfa/enroll/totp/confirm', { code: typed });
    const started = await verbs.mfa.authenticators.begin({ userId: 'ada' }, { kind: 'totp' });
    if (started.outcome !== 'enrollment-started') throw new Error(started.outcome);
    const code = totpCode(started.totp?.secret ?? '', verbs.portal.clock.now());
    const { challengeId } = started;
    await verbs.mfa.authenticators.confirm({ userId: 'ada' }, { challengeId, code, origin });
    await Promise.all([pages.mfa.settled(), verbs.mfa.settled()]);
    const told = ({ events, portal }: typeof pages) => ({
      events: events
        .filter(({ name }) => !['password-accepted', 'signed-in'].includes(name))
        .map(({ name, userId, details }) => ({ name, userId, kind: details['kind'] })),
      mails: portal.outbox.messages.map(({ to, subject }) => ({ to, subject })),
    });
    expect(told(verbs)).toEqual(told(pages));
    expect(told(verbs).mails).toHaveLength(1);
  });

  it('by a code is answered with the masked address', async () => {
    const { mfa, portal } = await aPortal();
    const started = await mfa.authenticators.begin({ userId: 'ada' }, { kind: 'email' });
    expect(started).toEqual({
      outcome: 'enrollment-started',
      challengeId: expect.any(String),
      expiresAt: portal.clock.now() + 300_000,
      destination: 'a•••@acme.example',
    });
  });

  it('by a code is not begun where one was sent a moment ago, and says when to ask again', async () => {
    const { mfa, portal } = await aPortal();
    await mfa.authenticators.begin({ userId: 'ada' }, { kind: 'email' });
    expect(await mfa.authenticators.begin({ userId: 'ada' }, { kind: 'email' })).toEqual({
      outcome: 'not-sent',
      because: 'send-limit',
      retryAfterSeconds: 30,
    });
    expect(portal.outbox.messages).toHaveLength(1);
  });

  it('ends the login that it was set up in', async () => {
    const { mfa, portal } = await aPortal();
    const ada = { userId: 'ada' };
    const started = await mfa.authenticators.begin(ada, { kind: 'totp' });
    if (started.outcome !== 'enrollment-started') throw new Error(started.outcome);
    const { challengeId, totp } = started;
    const code = totpCode(totp?.secret ?? '', portal.clock.now());
    await mfa.authenticators.confirm(ada, { challengeId, code, origin });
    const over = { outcome: 'rejected', because: 'challenge-expired' };
    expect(await mfa.authenticators.begin(ada, { kind: 'email', challengeId })).toEqual(over);
    expect(await mfa.challenges.begin(ada, { challengeId })).toEqual(over);
    const owner = { userId: 'ada', ownerId: challengeId };
    expect(await portal.state.findUnseenCodes(owner)).toBeUndefined();
  });

  it('is not confirmed in a login that only asked for another, or that was begun elsewhere', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member } = await withApp(world);
    const over = { outcome: 'rejected', because: 'challenge-expired' };
    const { challengeId } = await begun(mfa, member);
    expect(await mfa.authenticators.confirm(member, { challengeId, code: '123456', origin })).toEqual(over);
    const person = addPerson(portal, { organizationId: 'acme' });
    const started = await mfa.authenticators.begin({ userId: person.id }, { kind: 'totp' });
    if (started.outcome !== 'enrollment-started') throw new Error(started.outcome);
    portal.users.set(person.id, { ...person, organizationId: 'globex' });
    const code = totpCode(started.totp?.secret ?? '', portal.clock.now());
    const confirmation = { challengeId: started.challengeId, code, origin };
    expect(await mfa.authenticators.confirm({ userId: person.id }, confirmation)).toEqual(over);
    expect(await mfa.authenticators.list(person.id)).toEqual([]);
  });

  it('is not begun for people who are shut out, with a factor or without', async () => {
    const { mfa, portal } = await aPortal();
    for (const hasApp of [false, true]) {
      const { id: userId } = addPerson(portal, { organizationId: 'acme', active: false });
      // oxlint-disable-next-line no-await-in-loop
      if (hasApp) await plantApp(portal, userId);
      // oxlint-disable-next-line no-await-in-loop
      expect(await mfa.authenticators.begin({ userId }, { kind: 'totp' })).toMatchObject({
        outcome: 'denied',
        because: 'session-ended',
      });
    }
  });

  it.each(['totp', 'email'] as const)('is not begun as %s where the login ends meanwhile', async (kind) => {
    const memory = memoryState();
    const state: StateStore = {
      ...memory,
      async issueChallenge(challenge, ...at) {
        await memory.endPendingLogin(challenge.userId, challenge.ownerId);
        return memory.issueChallenge(challenge, ...at);
      },
    };
    const { mfa, outbox } = createPortal({ state });
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    expect(await mfa.authenticators.begin({ userId: 'ada' }, { kind })).toEqual({
      outcome: 'rejected',
      because: 'challenge-expired',
    });
    expect(outbox.messages).toEqual([]);
  });

  it('is added to another only after that was proven', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member, secret } = await withApp(world);
    const refused = await mfa.authenticators.begin(member, { kind: 'email' });
    expect(refused).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'totp' }] });
    expect(portal.outbox.messages).toEqual([]);
    const { challengeId } = await begun(mfa, member);
    const unproven = await mfa.authenticators.begin(member, { kind: 'email', challengeId });
    expect(unproven).toMatchObject({ outcome: 'challenge' });
    const code = totpCode(secret, portal.clock.now());
    await mfa.challenges.answer(member, { challengeId, code, origin });
    const started = await mfa.authenticators.begin(member, { kind: 'email', challengeId });
    expect(started).toMatchObject({ outcome: 'enrollment-started', challengeId });
    const sent = codeIn(portal.outbox.messages.at(-1)?.text);
    const confirmed = await mfa.authenticators.confirm(member, { challengeId, code: sent, origin });
    expect(confirmed).toMatchObject({ outcome: 'enrolled', kind: 'email' });
    expect(await mfa.authenticators.list(member.userId)).toHaveLength(2);
  });

  it('is not added for an exempt person who has not proven the other', async () => {
    const world = await aPortal();
    const { mfa, portal } = world;
    const { member } = await withApp(world);
    const until = portal.clock.now() + 86_400_000;
    await mfa.members.exempt({ ...member, actorId: 'ada' }, { reason: 'On leave', until });
    expect(await mfa.authenticators.begin(member, { kind: 'totp' })).toMatchObject({ outcome: 'challenge' });
  });

  it.each([
    [
      'a kind that the policy does not offer',
      { kind: 'sms', address: '+442079460018' },
      'method-not-offered',
    ],
    ['a number without a country', { kind: 'sms', address: '020 7946 0018' }, 'country-code-missing'],
    ['no number', { kind: 'sms' }, 'not-a-phone-number'],
    ['what is no address', { kind: 'email', address: 'ada@' }, 'not-an-email-address'],
  ] as const)('is refused for %s, and nothing is sent', async (_name, enrollment, because) => {
    const { mfa, portal } = await aPortal({ methods: ['totp', 'email'] });
    const refused = await mfa.authenticators.begin({ userId: 'ada' }, enrollment);
    expect(refused).toEqual({ outcome: 'rejected', because });
    expect(portal.outbox.messages).toEqual([]);
  });

  it('is not begun where MFA is off', async () => {
    const portal = createPortal();
    expect(await portal.mfa.authenticators.begin({ userId: 'ada' }, { kind: 'totp' })).toEqual({
      outcome: 'denied',
      because: 'policy-off',
    });
  });

  it('ends the other sessions of the person unless told not to', async () => {
    const { mfa, portal } = await aPortal({ enrollment: 'assigned' });
    for (const endOthers of [false, true]) {
      const person = addPerson(portal, { organizationId: 'acme' });
      const guest = visit(portal);
      // oxlint-disable-next-line no-await-in-loop
      await guest.logIn(person.username);
      const member = { userId: person.id };
      // oxlint-disable-next-line no-await-in-loop
      const started = await mfa.authenticators.begin(member, { kind: 'totp' });
      if (started.outcome !== 'enrollment-started') throw new Error(started.outcome);
      const code = totpCode(started.totp?.secret ?? '', portal.clock.now());
      const confirmation = { challengeId: started.challengeId, code, origin, endOthers };
      // oxlint-disable-next-line no-await-in-loop
      await mfa.authenticators.confirm(member, confirmation);
      // oxlint-disable-next-line no-await-in-loop
      expect(await mfa.sessionsOf(person.id).list()).toHaveLength(endOthers ? 0 : 1);
    }
  });
});
