import type { SessionData } from 'express-session';
import type { StateStore } from '../../src/stores/state-store';
import { newId } from './samples';

type Act = (done: (error?: unknown, data?: SessionData | null) => void) => void;

/** What express-session asks of the store that a state store makes for it. */
export function describeSessionStore(open: () => StateStore): void {
  const outcomeOf = (act: Act) =>
    new Promise<SessionData | null | undefined>((resolve, reject) => {
      act((error, data) => {
        if (error === null || error === undefined) resolve(data);
        else reject(error instanceof Error ? error : new Error('The store failed.'));
      });
    });

  const session = (): SessionData => ({
    cookie: { originalMaxAge: 60_000, expires: new Date(Date.now() + 60_000) },
  });

  describe('sessions of express-session', () => {
    it('are kept, renewed and destroyed', async () => {
      const store = open().createSessionStore();
      const id = newId();
      await outcomeOf((done) => store.set(id, session(), done));
      await outcomeOf((done) => (store.touch === undefined ? done() : store.touch(id, session(), done)));
      expect(await outcomeOf((done) => store.get(id, done))).toMatchObject({
        cookie: { originalMaxAge: 60_000 },
      });
      await outcomeOf((done) => store.destroy(id, done));
      expect((await outcomeOf((done) => store.get(id, done))) ?? null).toBeNull();
    });
  });
}
