import type { Records } from '../../support/records';
import { NO_GUESSES } from '../../../src/core/member/guess-counter';

import { NOW, aGuess, aUser, anAuthenticator } from '../samples';

/** What every record store does with recovery codes. */
export function describeRecoveryCodes(open: () => Records): void {
  describe('recovery codes', () => {
    const set = [1, 2, 3].map((number) => ({ number, codeHash: `hash-${number}` }));

    it('replaces the whole set', async () => {
      const userId = await aUser(open());
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

    it('replaces it for a session that goes on, and only while there is something to stand in for', async () => {
      const userId = await aUser(open());
      const { epoch } = await open().findMember(userId, 'acme');
      const replace = (expected: string) => open().replaceRecoveryCodes(userId, set, NOW, expected);
      expect(await replace(epoch ?? '')).toBe(false);
      await open().addAuthenticator(userId, anAuthenticator());
      expect(await replace('another')).toBe(false);
      expect((await open().findMember(userId, 'acme')).recoveryCodesLeft).toBe(0);
      expect(await replace(epoch ?? '')).toBe(true);
      expect((await open().findMember(userId, 'acme')).recoveryCodesLeft).toBe(3);
    });

    it('consumes a code once, if it is still that one, and clears its own counter', async () => {
      const userId = await aUser(open());
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
      expect(found.guesses.codes.failures).toMatchObject({ 3: 1 });
    });
  });
}
