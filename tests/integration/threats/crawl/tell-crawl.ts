import { startCrawledApp } from '../../../support/crawled-app';
import type { CrawledApp } from '../../../support/crawled-app';
import { crawl } from './crawl';
import type { State } from './states';

/** What is shown of each state, whatever it may reach. */
export function tellCrawl(states: readonly State[]): void {
  describe.each(states)('$name', (state) => {
    let app: CrawledApp;
    beforeAll(async () => {
      app = await startCrawledApp();
    });
    afterAll(() => app.stop());

    it('is what the app takes it for, and Passport knows nobody who is not let in', async () => {
      const { cookie } = await state.enter(app);
      const session = app.sessionOf(cookie) ?? '{}';
      expect(await phase(app, cookie)).toEqual(state.stands);
      const { passport } = JSON.parse(session) as { readonly passport?: { readonly user?: string } };
      const { signedIn, decision } = state.stands;
      expect(passport?.user !== undefined).toBe(signedIn || decision === 'sign-in session-ended');
    });

    it('reaches what its table says by every method, as a page and as JSON, and has no effect elsewhere', async () => {
      expect(await crawl(app, state)).toEqual([]);
    });
  });
}

async function phase(app: CrawledApp, cookie: string): Promise<State['stands']> {
  const ask = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
    const { text } = await app.send({ path, headers: { cookie, accept: 'application/json' } });
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  };
  const { signedIn, pending, decision } = await ask('/mfa/state');
  const { outcome, because } = decision as { readonly outcome: string; readonly because: string };
  const session = (await ask('/'))['session'] as Pick<State['stands'], 'assurance'> | undefined;
  return {
    signedIn: signedIn === true,
    pending: pending !== null,
    decision: `${outcome} ${because}`,
    assurance: session?.assurance ?? 'none',
  };
}
