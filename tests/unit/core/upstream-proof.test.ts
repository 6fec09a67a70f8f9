import { decide } from '../../../src/core/decision/decide';
import { asAdministrator } from '../../../src/core/decision/decision';
import { judgeUpstream } from '../../../src/core/decision/upstream-proof';
import { defaultPolicy } from '../../../src/core/policy/policy';
import { NOW, SECOND, authenticator, factsOf, page, proof, session, stepUp } from './decision-facts';

const RULES = {
  both: { acr: ['phr', 'phrh'], amr: ['mfa'], maxAgeSeconds: 600 },
  acr: { acr: ['phr'], maxAgeSeconds: 600 },
  amr: { amr: ['mfa', 'hwk'], maxAgeSeconds: 600 },
} as const;

const ACR = [undefined, null, '', 'phr', 'PHR', 'phr phrh', 'loa1', ['c1'], ['phr'], 7, { phr: true }];
const AMR = [undefined, null, [], ['pwd'], ['pwd', 'mfa'], ['hwk'], 'mfa', ['MFA'], [['mfa']], 7];
const now = NOW / SECOND;
const TIMES = [
  undefined,
  null,
  Number.NaN,
  String(now),
  now,
  now - 599,
  now - 600,
  now + 20,
  now + 31,
  NOW,
  0,
];

const strings = (claim: unknown) => (Array.isArray(claim) ? claim : [claim]) as readonly unknown[];

describe('the second factor of an identity provider', () => {
  it('counts where a listed value is claimed and recent, for every combination of claims', () => {
    let counted = 0;
    for (const [provider, rule] of Object.entries(RULES)) {
      for (const acr of ACR)
        for (const amr of AMR)
          for (const authTime of TIMES) {
            const listed =
              ('acr' in rule && rule.acr.some((value) => strings(acr).includes(value))) ||
              ('amr' in rule && rule.amr.some((value) => strings(amr).includes(value)));
            const recent = authTime === now || authTime === now - 599 || authTime === now + 20;
            const verdict = judgeUpstream(RULES, { provider, acr, amr, authTime }, NOW);
            const expected = !listed
              ? { outcome: 'ignored', because: 'no-second-factor' }
              : recent
                ? { outcome: 'counts', evidence: { method: 'upstream', at: Number(authTime) * SECOND } }
                : { outcome: 'ignored', because: 'too-old' };
            expect({ acr, amr, authTime, verdict }).toEqual({ acr, amr, authTime, verdict: expected });
            counted += Number(verdict.outcome === 'counts');
          }
    }
    expect(counted).toBeGreaterThan(100);
  });

  it.each(['okta', '', '__proto__', 'constructor', 'toString'])(
    'does not count for the provider %j, which no rule names',
    (provider) => {
      const claims = { provider, acr: 'phr', amr: ['mfa'], authTime: now };
      expect(judgeUpstream(RULES, claims, NOW)).toEqual({ outcome: 'ignored', because: 'unknown-provider' });
    },
  );
});

describe('a session with it', () => {
  const proven = session(proof('host'), proof('upstream'));
  const enrolled = { session: proven, authenticators: [authenticator('totp')] };

  it('is not challenged, and needs no factor of its own', () => {
    expect(decide(factsOf(enrolled), page, NOW)).toEqual({ outcome: 'allow', because: 'satisfied' });
    const required = { session: proven, policy: { enrollment: 'required' } } as const;
    expect(decide(factsOf(required), page, NOW)).toEqual({ outcome: 'allow', because: 'satisfied' });
  });

  it('is challenged without a first factor', () => {
    const facts = factsOf({ ...enrolled, session: session(proof('upstream')) });
    expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'challenge' });
  });

  it('steps up by a factor of its own only, however fresh the proof of the provider is', () => {
    const fresh = { ...enrolled, session: session(proof('host', 1), proof('upstream', 1)) };
    expect(decide(factsOf(fresh), stepUp, NOW)).toMatchObject({ outcome: 'challenge' });
    const bare = { session: fresh.session, policy: { enrollment: 'required' } } as const;
    expect(decide(factsOf(bare), stepUp, NOW)).toMatchObject({ outcome: 'enroll', skippable: false });
  });

  it('is no proof where phishing resistance is asked for', () => {
    const policy = { strength: 'phishing-resistant', enrollment: 'required' } as const;
    expect(decide(factsOf({ ...enrolled, policy }), page, NOW)).toMatchObject({ outcome: 'challenge' });
    const bare = factsOf({ session: proven, policy, availableKinds: ['totp', 'passkey'] });
    expect(decide(bare, page, NOW)).not.toMatchObject({ outcome: 'allow' });
  });

  it('gives an administrator no access', () => {
    const administered = { ...defaultPolicy('acme'), enabled: true, methods: ['totp'] };
    const facts = asAdministrator(factsOf(enrolled), administered);
    expect(decide(facts, page, NOW)).toMatchObject({ outcome: 'challenge' });
    const bare = asAdministrator(factsOf({ session: proven }), administered);
    expect(decide(bare, page, NOW)).toMatchObject({ outcome: 'enroll', skippable: false });
  });
});
