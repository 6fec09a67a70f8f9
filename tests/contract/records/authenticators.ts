import type { Records } from '../../support/records';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';

import { NOW, aUser, anAuthenticator, newId } from '../samples';
import { guessUntilLockedWith } from './guess-until-locked';

/** What every record store does with authenticators. */
export function describeAuthenticators(open: () => Records): void {
  const guessUntilLocked = guessUntilLockedWith(open);

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
        organizationId: 'a:b {c}',
      });
      const app = anAuthenticator({ state: { lastAcceptedStep: 59_000_000 } });
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
      await open().replaceUserEpoch(userId, { epoch: newId(), endedAt: NOW });
      expect(await bind(epoch)).toBe(false);
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([old]);
      await open().replaceUserEpoch(userId, { epoch: epoch, endedAt: NOW });
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
      expect(await open().removeAuthenticator(userId, first.id, [])).toBe('last-factor');
      expect(await open().removeAuthenticator(userId, first.id, [newId()])).toBe('last-factor');
      expect(await open().removeAuthenticator(userId, newId(), [])).toBe('no-authenticator');
      const removed = await Promise.all([
        open().removeAuthenticator(userId, first.id, [second.id]),
        open().removeAuthenticator(userId, second.id, [first.id]),
      ]);
      expect(removed.toSorted()).toEqual(['last-factor', 'removed']);
      expect((await open().findMember(userId, 'acme')).authenticators).toHaveLength(1);
    });

    it('forgets recovery codes and counters with the last one, and not before', async () => {
      const userId = await aUser(open());
      const [first, last] = [anAuthenticator(), anAuthenticator()];
      await open().addAuthenticator(userId, first);
      await open().addAuthenticator(userId, last);
      await open().replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'h' }], NOW);
      await guessUntilLocked(userId, NOW);
      expect(await open().removeAuthenticator(userId, first.id)).toBe('removed');
      expect(await open().removeAuthenticator(userId, first.id)).toBe('no-authenticator');
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        recoveryCodesLeft: 1,
        guesses: { codes: { failures: { 3: 3 } } },
      });
      expect(await open().removeAuthenticator(userId, last.id)).toBe('removed');
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
      await open().addAuthenticator(userId, anAuthenticator({ failures: 2, state: { lastAcceptedStep: 3 } }));
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
}
