import type { Records } from '../../support/records';
import { NOW, aUser, acceptTimeStep, anAuthenticator, refuseTimeStep } from '../samples';

/** What no record store keeps of an authenticator that is gone, or that never was. */
export function describeLeftovers(open: () => Records): void {
  describe('what is left of an authenticator', () => {
    const step = (userId: string, authenticatorId: string) => ({
      userId,
      authenticatorId,
      timeStep: 7,
      now: NOW,
    });

    it.each<[string, (userId: string, id: string) => Promise<unknown>]>([
      ['replaced', (userId, id) => open().addAuthenticator(userId, anAuthenticator(), id)],
      ['removed', (userId, id) => open().removeAuthenticator(userId, id)],
      ['removed with all others', (userId) => open().removeAllAuthenticators(userId)],
    ])('is no step that is refused, once it is %s', async (_how, remove) => {
      const userId = await aUser(open());
      const app = anAuthenticator();
      for (const one of [app, anAuthenticator()]) await open().addAuthenticator(userId, one);
      await refuseTimeStep(open(), step(userId, app.id));
      expect(await acceptTimeStep(open(), step(userId, app.id))).toBe(false);
      await remove(userId, app.id);
      await open().addAuthenticator(userId, app);
      expect(await acceptTimeStep(open(), step(userId, app.id))).toBe(true);
    });

    it('is no step for one that is not there beside others', async () => {
      const userId = await aUser(open());
      const [there, app] = [anAuthenticator(), anAuthenticator()];
      await open().addAuthenticator(userId, there);
      expect(await acceptTimeStep(open(), step(userId, app.id))).toBe(false);
      await refuseTimeStep(open(), step(userId, app.id));
      expect((await open().findMember(userId, 'acme')).authenticators).toEqual([there]);
      await open().addAuthenticator(userId, app);
      expect(await acceptTimeStep(open(), step(userId, app.id))).toBe(true);
    });

    it('is not asked first, whether others stay or not', async () => {
      const userId = await aUser(open());
      const [first, other] = [anAuthenticator(), anAuthenticator()];
      const askedFirst = async () => (await open().findMember(userId, 'acme')).askedFirst;
      for (const one of [first, other]) await open().addAuthenticator(userId, one);
      await open().savePreference(userId, first.id);
      await open().removeAuthenticator(userId, first.id);
      expect(await askedFirst()).toBeNull();
      await open().savePreference(userId, other.id);
      await open().removeAllAuthenticators(userId);
      expect(await askedFirst()).toBeNull();
    });

    it('is no instant of recovery codes, once all are removed', async () => {
      const userId = await aUser(open());
      await open().addAuthenticator(userId, anAuthenticator());
      await open().replaceRecoveryCodes(userId, [{ number: 1, codeHash: 'h' }], NOW);
      await open().removeAllAuthenticators(userId);
      expect(await open().findMember(userId, 'acme')).toMatchObject({
        recoveryCodesLeft: 0,
        recoveryCodesIssuedAt: null,
      });
      expect(await open().findRecoveryCode(userId, 1)).toBeUndefined();
    });
  });
}
