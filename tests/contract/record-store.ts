import { GUESS_LIMITS, NO_GUESSES, NO_USE } from '../../src/core/authenticator';
import { NO_MEMBER_SETTINGS } from '../../src/core/member';
import { defaultPolicy } from '../../src/core/policy';
import type { RecordStore } from '../../src/stores/record-store';
import { KEEP, NOW, aGuess, aPolicy, anAuthenticator, anEvent, newId } from './samples';

const HOSTILE_IDS = [
  '__proto__',
  'constructor',
  'a:b',
  '{a}',
  'm:x',
  '%003a',
  '',
  'é€😀',
  '\ud800',
  'a\r\nb',
];

const GUARANTEED = { perChallenge: 5, perUser: 3, perAuthenticator: 5, lockSeconds: 60 };

/** What every record store does. `open` gives the store under test. */
export function describeRecordStore(open: () => RecordStore): void {
  const lockOf = async (userId: string) =>
    (await open().findMember(userId, 'acme')).guesses.codes.lockedUntil;

  async function guessUntilLocked(userId: string, now: number) {
    for (let guess = 0; guess < GUARANTEED.perUser; guess += 1) {
      await open().spendGuess(aGuess({ userId, limits: GUARANTEED, now }));
    }
  }

  describe('members', () => {
    it('knows nothing of a user who was never seen', async () => {
      const userId = newId();
      expect(await open().findMember(userId, 'acme')).toEqual({
        userId,
        organizationId: 'acme',
        epoch: null,
        settings: NO_MEMBER_SETTINGS,
        authenticators: [],
        askedFirst: null,
        recoveryCodesLeft: 0,
        recoveryCodesIssuedAt: null,
        guesses: { codes: NO_GUESSES, 'recovery-codes': NO_GUESSES },
        onFile: { email: NO_USE, sms: NO_USE },
        spentChannel: null,
      });
    });

    it('keeps settings, exemption and skips of each organization apart', async () => {
      const userId = newId();
      const exemption = { reason: 'integration', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1000 };
      await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'sms' });
      await open().saveExemption(userId, 'globex', exemption);
      await open().spendSkip(userId, 'globex', null);
      const acme = await open().findMember(userId, 'acme');
      const globex = await open().findMember(userId, 'globex');
      expect(acme.settings).toEqual({ enabled: true, assignedKind: 'sms', skipsUsed: 0, exemption: null });
      expect(globex.settings).toEqual({ enabled: false, assignedKind: null, skipsUsed: 1, exemption });
    });

    it('leaves skips and exemption alone when the settings change, and ends an exemption', async () => {
      const userId = newId();
      const exemption = { reason: 'r', grantedBy: 'ada', grantedAt: NOW, until: NOW + 1000 };
      await open().saveExemption(userId, 'acme', exemption);
      await open().spendSkip(userId, 'acme', null);
      await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: null });
      const kept = await open().findMember(userId, 'acme');
      expect(kept.settings).toEqual({ enabled: true, assignedKind: null, skipsUsed: 1, exemption });
      await open().saveExemption(userId, 'acme', null);
      expect((await open().findMember(userId, 'acme')).settings.exemption).toBeNull();
    });

    it('remembers the newest spent channel of a user', async () => {
      const userId = newId();
      await open().noteSpentChannel(userId, { channel: 'first', until: NOW });
      await open().noteSpentChannel(userId, { channel: 'second', until: NOW + 1 });
      const { spentChannel } = await open().findMember(userId, 'acme');
      expect(spentChannel).toEqual({ channel: 'second', until: NOW + 1 });
    });

    it('finds a page of members in the order asked, strangers included', async () => {
      const [known, stranger] = [newId(), newId()];
      await open().saveMemberSettings(known, 'acme', { enabled: true, assignedKind: 'totp' });
      const found = await open().findMembers([stranger, known, stranger], 'acme');
      expect(found.map(({ userId }) => userId)).toEqual([stranger, known, stranger]);
      expect(found.map(({ settings }) => settings.enabled)).toEqual([false, true, false]);
      expect(await open().findMembers([], 'acme')).toEqual([]);
    });

    it('spends skips up to the limit, however many ask at once', async () => {
      const userId = newId();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () => open().spendSkip(userId, 'acme', 3)),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'spent')).toHaveLength(3);
      expect(await open().spendSkip(userId, 'acme', 4)).toEqual({ outcome: 'spent', skipsUsed: 4 });
      expect(await open().spendSkip(userId, 'acme', 0)).toEqual({ outcome: 'exhausted' });
    });

    it('makes one epoch for all who ask at once, and replaces it', async () => {
      const userId = newId();
      const made = await Promise.all(
        ['a', 'b', 'c'].map((epoch) => open().establishUserEpoch(userId, epoch)),
      );
      expect(new Set(made).size).toBe(1);
      expect((await open().findMember(userId, 'acme')).epoch).toBe(made[0]);
      await open().replaceUserEpoch(userId, 'next');
      expect(await open().establishUserEpoch(userId, 'late')).toBe('next');
    });

    it('renews an epoch for one of those who know it, and for nobody else', async () => {
      const userId = newId();
      expect(await open().renewUserEpoch(userId, { expected: '', epoch: 'a' })).toBe(false);
      await open().replaceUserEpoch(userId, 'old');
      expect(await open().renewUserEpoch(userId, { expected: 'other', epoch: 'a' })).toBe(false);
      const renewed = await Promise.all(
        ['b', 'c', 'd'].map((epoch) => open().renewUserEpoch(userId, { expected: 'old', epoch })),
      );
      expect(renewed.filter(Boolean)).toHaveLength(1);
      expect((await open().findMember(userId, 'acme')).epoch).toMatch(/^[bcd]$/);
    });

    it.each(HOSTILE_IDS)('treats %j as any other id', async (id) => {
      await open().saveMemberSettings(id, id, { enabled: true, assignedKind: null });
      await open().replaceUserEpoch(id, id);
      await open().addAuthenticator(id, anAuthenticator({ id: `x${id}`, label: id }));
      const found = await open().findMember(id, id);
      expect(found.userId).toBe(id);
      expect(found.settings.enabled).toBe(true);
      expect(found.authenticators.map((authenticator) => authenticator.id)).toEqual([`x${id}`]);
      expect(await open().removeAuthenticator(id, `x${id}`)).toBe(true);
      expect(Object.prototype).not.toHaveProperty('enabled');
    });
  });

  describe('policies', () => {
    it('gives the default, which is off, where none was saved', async () => {
      const organizationId = newId();
      expect(await open().findPolicy(organizationId)).toEqual({
        policy: defaultPolicy(organizationId),
        epoch: null,
      });
    });

    it('numbers what it saves and refuses what was made from an older version', async () => {
      const organizationId = newId();
      const policy = aPolicy({ organizationId, enrollment: 'required', graceUntil: NOW, skips: 3 });
      expect(await open().savePolicy(policy, 0)).toEqual({
        outcome: 'saved',
        policy: { ...policy, version: 1 },
      });
      const late = await open().savePolicy({ ...policy, enabled: false }, 0);
      expect(late).toEqual({ outcome: 'conflict', current: { ...policy, version: 1 } });
      expect((await open().findPolicy(organizationId)).policy).toEqual({ ...policy, version: 1 });
      const early = await open().savePolicy(aPolicy({ organizationId: newId() }), 4);
      expect(early).toMatchObject({ outcome: 'conflict', current: { version: 0, enabled: false } });
    });

    it('lets one of many savers through', async () => {
      const policy = aPolicy({ organizationId: newId() });
      const saves = await Promise.all(Array.from({ length: 10 }, () => open().savePolicy(policy, 0)));
      expect(saves.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
    });

    it('keeps the epoch apart from the policy', async () => {
      const organizationId = newId();
      const made = await Promise.all(
        ['a', 'b'].map((epoch) => open().establishOrganizationEpoch(organizationId, epoch)),
      );
      expect(made[0]).toBe(made[1]);
      await open().savePolicy(aPolicy({ organizationId }), 0);
      await open().replaceOrganizationEpoch(organizationId, 'next');
      expect(await open().findPolicy(organizationId)).toMatchObject({
        epoch: 'next',
        policy: { version: 1 },
      });
    });
  });

  describe('authenticators', () => {
    it('keeps every field, oldest first', async () => {
      const userId = newId();
      const phone = anAuthenticator({
        kind: 'sms',
        createdAt: NOW + 1,
        lastUsedAt: NOW + 2,
        failures: 4,
        disabledAt: NOW + 3,
        maskedDestination: '••• 42',
        sealedSecret: 'phone',
        label: 'Work "phone"',
      });
      const app = anAuthenticator({ lastAcceptedStep: 59_000_000 });
      await open().addAuthenticator(userId, phone);
      await open().addAuthenticator(userId, app);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([app, phone]);
    });

    it('replaces an old one in the same step', async () => {
      const userId = newId();
      const [old, next] = [anAuthenticator({ failures: 3 }), anAuthenticator()];
      await open().addAuthenticator(userId, old);
      await open().addAuthenticator(userId, next, old.id);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([next]);
    });

    it('binds one of several that were judged alike, with the codes that were made for it', async () => {
      const userId = newId();
      const epoch = await open().establishUserEpoch(userId, newId());
      const apps = Array.from({ length: 8 }, () => anAuthenticator());
      const codesOf = (index: number) => [{ number: 1, codeHash: `hash-${index}` }];
      const bound = await Promise.all(
        apps.map((app, index) =>
          open().bindAuthenticator(userId, app, {
            expected: { epoch, authenticators: 0 },
            recoveryCodes: { codes: codesOf(index), issuedAt: NOW },
          }),
        ),
      );
      expect(bound.filter(Boolean)).toHaveLength(1);
      const winner = bound.indexOf(true);
      const found = await open().findMember(userId, 'acme');
      expect(found.authenticators).toEqual([apps[winner]]);
      expect(found).toMatchObject({ recoveryCodesLeft: 1, recoveryCodesIssuedAt: NOW });
      expect(await open().findRecoveryCode(userId, 1)).toEqual(codesOf(winner)[0]);
    });

    it('binds none once the epoch is another, and replaces one without touching the codes', async () => {
      const userId = newId();
      const [old, app] = [anAuthenticator(), anAuthenticator({ createdAt: NOW + 1 })];
      const bind = (epoch: string) =>
        open().bindAuthenticator(userId, app, { replaces: old.id, expected: { epoch, authenticators: 1 } });
      const epoch = await open().establishUserEpoch(userId, newId());
      await open().addAuthenticator(userId, old);
      await open().replaceRecoveryCodes(userId, [{ number: 4, codeHash: 'hash' }], NOW);
      await open().savePreference(userId, old.id);
      await open().replaceUserEpoch(userId, newId());
      expect(await bind(epoch)).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([old]);
      await open().replaceUserEpoch(userId, epoch);
      expect(await bind(epoch)).toBe(true);
      const found = await open().findMember(userId, 'acme');
      expect(found).toMatchObject({ authenticators: [app], askedFirst: app.id, recoveryCodesLeft: 1 });
      expect(await open().bindAuthenticator(newId(), app, { expected: { epoch, authenticators: 0 } })).toBe(
        false,
      );
    });

    it('renames', async () => {
      const userId = newId();
      const app = anAuthenticator();
      await open().addAuthenticator(userId, app);
      expect(await open().renameAuthenticator(userId, app.id, 'Tablet')).toBe(true);
      expect(await open().renameAuthenticator(userId, newId(), 'Ghost')).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([{ ...app, label: 'Tablet' }]);
    });

    it('re-seals only what is still sealed as expected', async () => {
      const userId = newId();
      const app = anAuthenticator({ sealedSecret: 'old' });
      await open().addAuthenticator(userId, app);
      const seal = { expected: 'old', sealed: 'new' };
      const results = await Promise.all(
        [1, 2, 3].map(() => open().resealAuthenticator(userId, app.id, seal)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await open().resealAuthenticator(userId, newId(), seal)).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators[0]?.sealedSecret).toBe('new');
    });

    it('remembers which is asked first until that one goes, and hands it on to what replaces it', async () => {
      const userId = newId();
      const [first, second, next] = [anAuthenticator(), anAuthenticator(), anAuthenticator()];
      const askedFirst = async () => (await open().findMember(userId, 'acme')).askedFirst;
      expect(await open().savePreference(userId, first.id)).toBe(false);
      await open().addAuthenticator(userId, first);
      await open().addAuthenticator(userId, second);
      expect(await open().savePreference(userId, newId())).toBe(false);
      expect(await askedFirst()).toBeNull();
      expect(await open().savePreference(userId, second.id)).toBe(true);
      expect(await askedFirst()).toBe(second.id);
      await open().addAuthenticator(userId, next, second.id);
      expect(await askedFirst()).toBe(next.id);
      await open().removeAuthenticator(userId, first.id);
      expect(await askedFirst()).toBe(next.id);
      await open().removeAuthenticator(userId, next.id);
      expect(await askedFirst()).toBeNull();
    });

    it('removes none where none of those that must stay is there', async () => {
      const userId = newId();
      const [first, second] = [anAuthenticator(), anAuthenticator()];
      await open().addAuthenticator(userId, first);
      await open().addAuthenticator(userId, second);
      expect(await open().removeAuthenticator(userId, first.id, [])).toBe(false);
      expect(await open().removeAuthenticator(userId, first.id, [newId()])).toBe(false);
      const removed = await Promise.all([
        open().removeAuthenticator(userId, first.id, [second.id]),
        open().removeAuthenticator(userId, second.id, [first.id]),
      ]);
      expect(removed.filter(Boolean)).toHaveLength(1);
      expect((await open().findMember(userId, 'acme')).authenticators).toHaveLength(1);
    });

    it('forgets recovery codes and counters with the last one, and not before', async () => {
      const userId = newId();
      const [first, last] = [anAuthenticator(), anAuthenticator()];
      await open().addAuthenticator(userId, first);
      await open().addAuthenticator(userId, last);
      await open().replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'h' }], NOW);
      await guessUntilLocked(userId, NOW);
      expect(await open().removeAuthenticator(userId, first.id)).toBe(true);
      expect(await open().removeAuthenticator(userId, first.id)).toBe(false);
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        recoveryCodesLeft: 1,
        guesses: { codes: { failures: 3 } },
      });
      expect(await open().removeAuthenticator(userId, last.id)).toBe(true);
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        authenticators: [],
        recoveryCodesLeft: 0,
        guesses: { codes: NO_GUESSES },
      });
      expect(await open().findRecoveryCode(userId, 1)).toBeUndefined();
    });

    it('removes all of a user and leaves epoch and settings', async () => {
      const userId = newId();
      await open().establishUserEpoch(userId, 'epoch');
      await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: null });
      await open().addAuthenticator(userId, anAuthenticator({ failures: 2, lastAcceptedStep: 3 }));
      await open().addAuthenticator(userId, anAuthenticator());
      await open().replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'h' }], NOW);
      await guessUntilLocked(userId, NOW);
      expect(await open().removeAllAuthenticators(userId)).toBe(2);
      expect(await open().removeAllAuthenticators(userId)).toBe(0);
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        epoch: 'epoch',
        settings: { enabled: true },
        authenticators: [],
        recoveryCodesLeft: 0,
        guesses: { codes: NO_GUESSES, 'recovery-codes': NO_GUESSES },
      });
    });
  });

  describe('guesses', () => {
    it('spends as many as the user has, then locks', async () => {
      const userId = newId();
      const guess = aGuess({ userId, limits: GUARANTEED });
      const lockedUntil = NOW + 60_000;
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 2, lockedUntil: null });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 1, lockedUntil: null });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'spent', guessesLeft: 0, lockedUntil });
      expect(await open().spendGuess(guess)).toEqual({ outcome: 'locked', lockedUntil });
      expect(await open().spendGuess({ ...guess, now: lockedUntil - 1 })).toEqual({
        outcome: 'locked',
        lockedUntil,
      });
      expect((await open().findMember(userId, 'acme')).guesses.codes).toEqual({ failures: 3, lockedUntil });
    });

    it('begins a new count when the lock has run out', async () => {
      const userId = newId();
      await guessUntilLocked(userId, NOW);
      const after = aGuess({ userId, limits: GUARANTEED, now: NOW + 60_000 });
      expect(await open().spendGuess(after)).toEqual({ outcome: 'spent', guessesLeft: 2, lockedUntil: null });
    });

    it('doubles each further lock without a success between, up to a day', async () => {
      const userId = newId();
      let now = NOW;
      const lengths: number[] = [];
      for (let lock = 0; lock < 13; lock += 1) {
        await guessUntilLocked(userId, now);
        const lockedUntil = (await lockOf(userId)) ?? 0;
        lengths.push((lockedUntil - now) / 1000);
        now = lockedUntil;
      }
      expect(lengths.slice(0, 4)).toEqual([60, 120, 240, 480]);
      expect(lengths.slice(-2)).toEqual([86_400, 86_400]);
      await open().recordSuccess({ userId, group: 'codes', authenticatorId: null, now });
      await guessUntilLocked(userId, now);
      expect(await lockOf(userId)).toBe(now + 60_000);
    });

    it('counts recovery codes apart', async () => {
      const userId = newId();
      await guessUntilLocked(userId, NOW);
      const recovery = await open().spendGuess(
        aGuess({ userId, group: 'recovery-codes', limits: GUARANTEED }),
      );
      expect(recovery.outcome).toBe('spent');
    });

    it('disables the authenticator at its own limit, across locks and unlocks', async () => {
      const userId = newId();
      const app = anAuthenticator();
      await open().addAuthenticator(userId, app);
      const outcomes: string[] = [];
      for (let guess = 0; guess < 7; guess += 1) {
        await open().clearGuesses(userId);
        const spent = await open().spendGuess(
          aGuess({ userId, authenticatorId: app.id, limits: GUARANTEED }),
        );
        outcomes.push(spent.outcome);
      }
      expect(outcomes).toEqual(['spent', 'spent', 'spent', 'spent', 'spent', 'disabled', 'disabled']);
      const [found] = (await open().findMember(userId, 'acme')).authenticators;
      expect(found).toMatchObject({ failures: 5, disabledAt: NOW });
    });

    it('leaves a disabled authenticator disabled where the limit was raised meanwhile', async () => {
      const userId = newId();
      const app = anAuthenticator({ failures: 4 });
      await open().addAuthenticator(userId, app);
      const guess = { userId, authenticatorId: app.id };
      expect(await open().spendGuess(aGuess({ ...guess, limits: GUARANTEED }))).toMatchObject({
        disabled: true,
      });
      const raised = { ...GUARANTEED, perAuthenticator: 100 };
      expect(await open().spendGuess(aGuess({ ...guess, limits: raised }))).toEqual({ outcome: 'disabled' });
    });

    it('calls an authenticator that is gone disabled', async () => {
      const userId = newId();
      const outcome = await open().spendGuess(aGuess({ userId, authenticatorId: newId() }));
      expect(outcome).toEqual({ outcome: 'disabled' });
    });

    it('says how many guesses the nearer limit leaves', async () => {
      const userId = newId();
      const app = anAuthenticator({ failures: 98 });
      await open().addAuthenticator(userId, app);
      const outcome = await open().spendGuess(aGuess({ userId, authenticatorId: app.id }));
      expect(outcome).toMatchObject({ outcome: 'spent', guessesLeft: 1 });
    });

    it('holds to limits that were lowered meanwhile', async () => {
      const userId = newId();
      const app = anAuthenticator({ failures: 7 });
      await open().addAuthenticator(userId, app);
      await open().spendGuess(aGuess({ userId }));
      await open().spendGuess(aGuess({ userId }));
      const own = await open().spendGuess(aGuess({ userId, authenticatorId: app.id, limits: GUARANTEED }));
      expect(own).toEqual({ outcome: 'disabled' });
      const lowered = { ...GUARANTEED, perUser: 2 };
      const group = await open().spendGuess(aGuess({ userId, limits: lowered }));
      expect(group).toEqual({ outcome: 'locked', lockedUntil: NOW + 60_000 });
    });

    it('never spends more than the limit, however many guess at once', async () => {
      const userId = newId();
      const app = anAuthenticator();
      await open().addAuthenticator(userId, app);
      const guess = aGuess({ userId, authenticatorId: app.id });
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => open().spendGuess(guess)));
      expect(outcomes.filter(({ outcome }) => outcome === 'spent')).toHaveLength(GUESS_LIMITS.perUser);
    });

    it('clears counter, lock and disablement by a right proof, and remembers when', async () => {
      const userId = newId();
      const phone = anAuthenticator({ kind: 'sms', failures: 4, disabledAt: NOW });
      await open().addAuthenticator(userId, phone);
      await guessUntilLocked(userId, NOW);
      await open().recordSuccess({ userId, group: 'codes', authenticatorId: phone.id, now: NOW + 5 });
      const found = await open().findMember(userId, 'acme');
      expect(found.guesses.codes).toEqual(NO_GUESSES);
      expect(found.authenticators).toEqual([
        { ...phone, failures: 0, disabledAt: null, lastUsedAt: NOW + 5 },
      ]);
      await open().recordSuccess({ userId, group: 'codes', authenticatorId: newId(), now: NOW });
      expect((await open().findMember(userId, 'acme')).authenticators).toHaveLength(1);
    });

    describe('at an address on file', () => {
      const email = 'on-file-email';
      const useOf = async (userId: string) => (await open().findMember(userId, 'acme')).onFile.email;

      async function disabledEmail() {
        const userId = newId();
        const limits = { ...GUARANTEED, perUser: 100 };
        const guess = aGuess({ userId, authenticatorId: email, limits });
        await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'email' });
        for (let tries = 0; tries < limits.perAuthenticator; tries += 1) await open().spendGuess(guess);
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
        await open().clearGuesses(userId);
        expect(await open().spendGuess(guess)).toEqual({ outcome: 'disabled' });
        return { userId, guess };
      }

      it('disables it at the limit until other settings bind it anew, and not for the same ones', async () => {
        const { userId, guess } = await disabledEmail();
        await open().saveMemberSettings(userId, 'acme', { enabled: true, assignedKind: 'email' });
        expect(await useOf(userId)).toEqual({ failures: 5, disabledAt: NOW, lastUsedAt: null });
        await open().saveMemberSettings(userId, 'acme', { enabled: false, assignedKind: null });
        expect(await useOf(userId)).toEqual(NO_USE);
        expect(await open().spendGuess(guess)).toMatchObject({ outcome: 'spent' });
      });

      it('is cleared by a right proof, which is remembered, and by a reset', async () => {
        const { userId } = await disabledEmail();
        await open().recordSuccess({ userId, group: 'codes', authenticatorId: email, now: NOW + 5 });
        expect(await useOf(userId)).toEqual({ failures: 0, disabledAt: null, lastUsedAt: NOW + 5 });
        await open().removeAllAuthenticators(userId);
        expect(await useOf(userId)).toEqual(NO_USE);
      });
    });

    it('clears the locks of every group on demand', async () => {
      const userId = newId();
      await guessUntilLocked(userId, NOW);
      await open().spendGuess(aGuess({ userId, group: 'recovery-codes' }));
      await open().clearGuesses(userId);
      const { guesses } = await open().findMember(userId, 'acme');
      expect(guesses).toEqual({ codes: NO_GUESSES, 'recovery-codes': NO_GUESSES });
    });
  });

  describe('time steps', () => {
    it('accepts only steps above the last accepted one', async () => {
      const userId = newId();
      const app = anAuthenticator({ lastAcceptedStep: 100 });
      await open().addAuthenticator(userId, app);
      const accept = (timeStep: number) =>
        open().acceptTimeStep({ userId, authenticatorId: app.id, timeStep, now: NOW + timeStep });
      expect(await accept(100)).toBe(false);
      expect(await accept(101)).toBe(true);
      expect(await accept(101)).toBe(false);
      expect(await accept(99)).toBe(false);
      expect(await accept(103)).toBe(true);
      const [found] = (await open().findMember(userId, 'acme')).authenticators;
      expect(found).toMatchObject({ lastAcceptedStep: 103, lastUsedAt: NOW + 103 });
    });

    it('accepts a step once, and with it clears the counters', async () => {
      const userId = newId();
      const app = anAuthenticator({ failures: 2 });
      await open().addAuthenticator(userId, app);
      await guessUntilLocked(userId, NOW);
      const proof = { userId, authenticatorId: app.id, timeStep: 7, now: NOW };
      const accepted = await Promise.all(Array.from({ length: 30 }, () => open().acceptTimeStep(proof)));
      expect(accepted.filter(Boolean)).toHaveLength(1);
      const found = await open().findMember(userId, 'acme');
      expect(found.guesses.codes).toEqual(NO_GUESSES);
      expect(found.authenticators[0]?.failures).toBe(0);
    });

    it('never accepts the step that was refused beforehand, and leaves the others alone', async () => {
      const userId = newId();
      const app = anAuthenticator({ lastAcceptedStep: 100 });
      await open().addAuthenticator(userId, app);
      const step = (timeStep: number) => ({ userId, authenticatorId: app.id, timeStep, now: NOW });
      await open().refuseTimeStep(step(110));
      await open().refuseTimeStep(step(112));
      expect(await open().acceptTimeStep(step(112))).toBe(false);
      expect(await open().acceptTimeStep(step(111))).toBe(true);
      expect(await open().acceptTimeStep(step(112))).toBe(false);
      expect(await open().acceptTimeStep(step(113))).toBe(true);
      const gone = { ...step(5), authenticatorId: newId() };
      await open().refuseTimeStep(gone);
      await open().removeAuthenticator(userId, app.id);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([]);
    });

    it('accepts none for an authenticator that is gone', async () => {
      const userId = newId();
      const proof = { userId, authenticatorId: newId(), timeStep: 7, now: NOW };
      expect(await open().acceptTimeStep(proof)).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([]);
    });
  });

  describe('recovery codes', () => {
    const set = [1, 2, 3].map((number) => ({ number, codeHash: `hash-${number}` }));

    it('replaces the whole set', async () => {
      const userId = newId();
      await open().replaceRecoveryCodes(userId, set, NOW);
      await open().replaceRecoveryCodes(userId, [{ number: 2, codeHash: 'other' }], NOW + 1);
      expect(await open().findRecoveryCode(userId, 2)).toEqual({ number: 2, codeHash: 'other' });
      expect(await open().findRecoveryCode(userId, 1)).toBeUndefined();
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        recoveryCodesLeft: 1,
        recoveryCodesIssuedAt: NOW + 1,
      });
      await open().replaceRecoveryCodes(userId, [], NOW + 2);
      expect((await open().findMember(userId, 'acme')).recoveryCodesLeft).toBe(0);
    });

    it('consumes a code once, if it is still that one, and clears its own counter', async () => {
      const userId = newId();
      await open().replaceRecoveryCodes(userId, set, NOW);
      await open().spendGuess(aGuess({ userId, group: 'recovery-codes' }));
      await open().spendGuess(aGuess({ userId }));
      expect(await open().consumeRecoveryCode(userId, { number: 1, codeHash: 'hash-2' })).toBe(false);
      const code = { number: 1, codeHash: 'hash-1' };
      const consumed = await Promise.all(
        Array.from({ length: 30 }, () => open().consumeRecoveryCode(userId, code)),
      );
      expect(consumed.filter(Boolean)).toHaveLength(1);
      const found = await open().findMember(userId, 'acme');
      expect(found.recoveryCodesLeft).toBe(2);
      expect(found.guesses['recovery-codes']).toEqual(NO_GUESSES);
      expect(found.guesses.codes.failures).toBe(1);
    });
  });

  describe('events', () => {
    const readAll = async (
      organizationId: string,
      limit: number,
      filter: { userId?: string; name?: string } = {},
    ) => {
      const pages: number[][] = [];
      let cursor: string | undefined;
      do {
        const query = { organizationId, limit, ...filter, ...(cursor === undefined ? {} : { cursor }) };
        const { events, nextCursor } = await open().listEvents(query);
        pages.push(events.map(({ details }) => Number(details['n'])));
        cursor = nextCursor;
      } while (cursor !== undefined);
      return pages;
    };

    it('lists the newest first, page by page, also within one millisecond', async () => {
      const organizationId = newId();
      for (let n = 1; n <= 5; n += 1)
        await open().appendEvents([anEvent({ organizationId, details: { n } })], KEEP);
      expect(await readAll(organizationId, 2)).toEqual([[5, 4], [3, 2], [1]]);
      expect(await readAll(organizationId, 5)).toEqual([[5, 4, 3, 2, 1]]);
    });

    it('gives back what was put in, and nothing of another organization', async () => {
      const event = anEvent({
        organizationId: newId(),
        userId: 'u',
        actorId: 'a',
        address: '192.0.2.1',
        details: { kind: 'totp', count: 3, replaced: false },
      });
      await open().appendEvents([event], KEEP);
      expect(await open().listEvents({ organizationId: event.organizationId, limit: 10 })).toEqual({
        events: [event],
      });
      expect(await open().listEvents({ organizationId: newId(), limit: 10 })).toEqual({ events: [] });
    });

    it('filters by user and by name, across pages', async () => {
      const organizationId = newId();
      for (let n = 1; n <= 12; n += 1) {
        const who = {
          userId: n % 2 === 0 ? 'even' : 'odd',
          name: n % 3 === 0 ? 'signed-out' : 'signed-in',
        } as const;
        await open().appendEvents([anEvent({ organizationId, ...who, details: { n } })], KEEP);
      }
      expect(await readAll(organizationId, 2, { userId: 'even' })).toEqual([
        [12, 10],
        [8, 6],
        [4, 2],
      ]);
      expect(await readAll(organizationId, 2, { userId: 'odd', name: 'signed-out' })).toEqual([[9, 3]]);
    });

    it('keeps no more than it may, and nothing too old', async () => {
      const organizationId = newId();
      const append = (n: number, at: number, keep = KEEP) =>
        open().appendEvents([anEvent({ organizationId, at, details: { n } })], keep);
      for (let n = 1; n <= 6; n += 1) await append(n, NOW + n, { ...KEEP, maxCount: 4 });
      expect(await readAll(organizationId, 10)).toEqual([[6, 5, 4, 3]]);
      await append(7, NOW + 5 + KEEP.maxAgeSeconds * 1000);
      expect(await readAll(organizationId, 10)).toEqual([[7, 6, 5]]);
    });

    it('takes events from a clock that is behind', async () => {
      const organizationId = newId();
      for (const [n, at] of [
        [1, NOW],
        [2, NOW - 5000],
        [3, NOW - 1],
      ] as const) {
        await open().appendEvents([anEvent({ organizationId, at, details: { n } })], KEEP);
      }
      expect(await readAll(organizationId, 2)).toEqual([[3, 2], [1]]);
    });

    it('begins at the newest where the cursor is none of its own', async () => {
      const organizationId = newId();
      await open().appendEvents([anEvent({ organizationId })], KEEP);
      for (const cursor of ['nonsense', '', '-', '(1-1', '__proto__', `${'9'.repeat(30)}-1`]) {
        const { events } = await open().listEvents({ organizationId, limit: 5, cursor });
        expect(events).toHaveLength(1);
      }
    });
  });
}
