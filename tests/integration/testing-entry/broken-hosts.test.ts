import { memoryRecords } from '../../../src/index';
import type { RecordStore } from '../../../src/index';
import { attack } from '../../../src/testing';
import { createBrokenHost, type Flaw } from '../../support/broken-host';

/** A store that loses in which time step the last code was. */
function forgetfulRecords(): RecordStore {
  const records = memoryRecords();
  return {
    ...records,
    async read(queries) {
      const found = await records.read(queries.map(({ owner, name }) => ({ owner, name })));
      return found.map((answer) => {
        if (answer.outcome !== 'found') return answer;
        const body = answer.body.replace(/"lastAcceptedStep":\d+/, '"lastAcceptedStep":null');
        return { ...answer, body };
      });
    },
  };
}

const FLAWS: readonly (Flaw & { readonly is: string; readonly caughtBy: string; readonly at: string })[] = [
  {
    is: 'guards reading only',
    guard: (mfa) => {
      const guard = mfa.guard();
      return (req, res, next) => (req.method === 'GET' ? guard(req, res, next) : next());
    },
    caughtBy: 'unchecked-method',
    at: 'POST /notes',
  },
  {
    is: 'has a route above the guard',
    above: (app) => app.get('/reports', (req, res) => res.json({ signedIn: req.isAuthenticated() })),
    caughtBy: 'unguarded-route',
    at: 'GET /reports',
  },
  {
    is: 'accepts a code twice',
    options: { records: forgetfulRecords() },
    caughtBy: 'replayed-code',
    at: 'the code of one sign-in in another one',
  },
  {
    is: 'keeps the session when somebody signs out',
    below: (app) =>
      app.post('/logout', (_req, res) => res.clearCookie('session').redirect(303, '/mfa/login')),
    caughtBy: 'kept-after-sign-out',
    at: 'POST /logout',
  },
];

describe('attack', () => {
  it.each(FLAWS)('catches a host that $is', async ({ caughtBy, at, ...flaw }) => {
    const host = createBrokenHost(flaw);
    const { findings } = await attack(host.app, { ...host.options, only: [caughtBy] });
    expect(findings.map(({ probe, request }) => `${probe} ${request}`)).toContain(`${caughtBy} ${at}`);
    await host.close();
  });

  it('finds nothing in the same host without a flaw', async () => {
    const host = createBrokenHost();
    const { findings, probes } = await attack(host.app, host.options);
    expect(findings).toEqual([]);
    expect(
      FLAWS.map(({ caughtBy }) => caughtBy).filter((name) => !probes.some((probe) => probe.name === name)),
    ).toEqual([]);
    await host.close();
  });
});
