import { runHistory } from '../../history/run-history';
import type { StoreKind } from '../../history/stores';

// A short one of the histories that `npm run test:history` makes: people use four server processes at random while the stores are
// paused, killed and failed over, and everything that they were answered is held against the rules.

const SEED = 11;
const WALKS = 6;

describe.each<StoreKind>(['memory', 'redis', 'postgres'])('the history of an app on %s', (store) => {
  it('keeps every rule while the store fails', async () => {
    const { history, verdict } = await runHistory({
      store,
      seed: SEED,
      people: 3,
      goesOn: (walks) => walks < WALKS,
      pace: { between: 30, during: 8, stopsProcesses: store === 'memory' },
    });
    expect(verdict.violations).toEqual([]);
    const accepted = history.calls.filter(({ answer }) => answer.verdict === 'yes');
    const kinds = new Set(accepted.map(({ act }) => act.kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['password', 'proof', 'enroll', 'visit', 'inspect', 'save-policy']),
    );
    expect(history.faults.length).toBeGreaterThan(0);
  });
});
