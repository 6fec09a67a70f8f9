import type { EvidenceMethod } from '../../../src/core/decision/assurance';
import { decide, explain, type Decision } from '../../../src/core/decision/decide';
import type { Facts } from '../../../src/core/decision/decision';
import { NOW, proof } from './decision-facts';
import { INVARIANTS } from './decision-invariants';
import {
  STRENGTH,
  asAsked,
  asksForKey,
  isMultiFactor,
  provesForbidden,
  strongestOf,
} from './decision-premises';
import { everyMainPoint, spreadPoints, unmetPairs, type Point } from './decision-space';

const SPREAD = 100_000;

/** A point in one line, with what was decided. */
const describePoint = (point: Point, decision: Decision) => JSON.stringify({ ...point, decision });

/** The first few points that break a rule. */
function breaches(points: Iterable<Point>, holds: (point: Point, decision: Decision) => boolean): string[] {
  const found: string[] = [];
  for (const point of points) {
    const decision = decide(point.facts, point.requirement, NOW);
    if (!holds(point, decision) && found.push(describePoint(point, decision)) === 3) break;
  }
  return found;
}

describe('the decision, for every combination of facts', () => {
  const found = new Map<string, string[]>(INVARIANTS.map(({ sentence }) => [sentence, []]));
  const outcomes = new Map<string, number>();
  let points = 0;

  function breached(sentence: string, point: string): void {
    const breaking = found.get(sentence) ?? [];
    if (breaking.length < 3) breaking.push(point);
  }

  function judge(point: Point): void {
    const { facts, requirement } = point;
    const decision = decide(facts, requirement, NOW);
    const outcome = `${decision.outcome} ${decision.because}`;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    points += 1;
    for (const { sentence, holds } of INVARIANTS) {
      if (!holds(asAsked(facts, requirement), requirement, decision))
        breached(sentence, describePoint(point, decision));
    }
  }

  beforeAll(() => {
    for (const point of everyMainPoint()) judge(point);
    for (const point of spreadPoints(SPREAD)) judge(point);
  });

  it('is asked at more than half a million points', () => {
    expect(points).toBeGreaterThan(500_000);
  });

  it('meets every pair of values that two facts can have', () => {
    expect(unmetPairs(20_000)).toBe(0);
  });

  it('meets every outcome for every reason', () => {
    expect([...outcomes.keys()].toSorted()).toEqual([
      'allow exempt',
      'allow federated',
      'allow not-enrolled-optional',
      'allow policy-off',
      'allow satisfied',
      'allow skipped',
      'challenge assurance-too-low',
      'challenge authentication-too-old',
      'deny locked',
      'deny no-usable-factor',
      'deny records-unavailable',
      'deny same-channel',
      'deny strongest-unusable',
      'enroll offered',
      'enroll required',
      'sign-in no-session',
      'sign-in session-ended',
      'sign-in session-expired',
      'sign-in sign-in-too-old',
    ]);
  });

  it.each(INVARIANTS)('$sentence', ({ sentence }) => {
    expect(found.get(sentence)).toEqual([]);
  });

  it('is what the first rule with something to say says', () => {
    const explained = breaches(spreadPoints(30_000), ({ facts, requirement }, decision) => {
      const first = explain(facts, requirement, NOW).find((verdict) => verdict.decision !== null);
      return JSON.stringify(first?.decision) === JSON.stringify(decision);
    });
    expect(explained).toEqual([]);
  });

  it('is the same when asked again with the same facts', () => {
    const changed = breaches(spreadPoints(10_000), ({ facts, requirement }, decision) => {
      const copy = structuredClone(facts);
      return JSON.stringify(decide(copy, requirement, NOW)) === JSON.stringify(decision);
    });
    expect(changed).toEqual([]);
  });
});

describe('the decision, when one fact changes', () => {
  const methods: readonly EvidenceMethod[] = [
    'password',
    'host',
    'federated',
    'totp',
    'email',
    'sms',
    'recovery-code',
    'remembered-browser',
    'key',
  ];

  const withProof = (facts: Facts, method: EvidenceMethod): Facts =>
    facts.session === null
      ? facts
      : { ...facts, session: { ...facts.session, evidence: [...facts.session.evidence, proof(method, 1)] } };

  it('never takes an allowance back for one more proof', () => {
    const taken = breaches(
      spreadPoints(SPREAD),
      ({ facts, requirement }, { outcome }) =>
        outcome !== 'allow' ||
        methods.every((method) => decide(withProof(facts, method), requirement, NOW).outcome === 'allow'),
    );
    expect(taken).toEqual([]);
  });

  it('never opens anything to a person who has proven no factor when the methods are tightened', () => {
    const standsIn: readonly EvidenceMethod[] = [
      'totp',
      'email',
      'sms',
      'recovery-code',
      'remembered-browser',
    ];
    const opened = breaches(spreadPoints(SPREAD), ({ facts, requirement }, decision) => {
      if (decision.outcome !== 'challenge' || decision.password === true) return true;
      if (facts.session?.evidence.some(({ method }) => standsIn.includes(method)) === true) return true;
      return facts.policy.methods.every((gone) => {
        const tightened = facts.policy.methods.filter((kind) => kind !== gone);
        const after = decide({ ...facts, policy: { ...facts.policy, methods: tightened } }, requirement, NOW);
        return (after.outcome === 'challenge' && after.password !== true) || after.outcome === 'deny';
      });
    });
    expect(opened).toEqual([]);
  });

  it('never asks less of a step-up, or lets another factor be bound, once what the person has is disabled', () => {
    const opened = breaches(spreadPoints(SPREAD), ({ facts, requirement }, { outcome }) => {
      if (outcome === 'allow' || outcome === 'enroll') return true;
      // What the policy forbids lets people in where nothing else works, as it would at a new sign-in.
      if (requirement.kind === 'policy' && provesForbidden(facts)) return true;
      return facts.authenticators.every(({ id }) => {
        const authenticators = facts.authenticators.map((own) =>
          own.id === id ? { ...own, usable: false } : own,
        );
        const disabled: Facts = { ...facts, authenticators, onFileDisabled: ['email', 'sms'] };
        return !['allow', 'enroll'].includes(decide(disabled, requirement, NOW).outcome);
      });
    });
    expect(opened).toEqual([]);
  });

  it('never asks another thing of a step-up after one more proof of a weaker factor', () => {
    const changed = breaches(spreadPoints(SPREAD), ({ facts, requirement }, decision) => {
      if (requirement.kind !== 'step-up' || !isMultiFactor(facts)) return true;
      const asked = asAsked(facts, requirement);
      // A recovery code opens the enrollment of another key where one is asked for.
      const weaker = ['email', 'sms', 'totp', ...(asksForKey(asked) ? [] : ['recovery-code'])].filter(
        (method) => (STRENGTH[method] ?? 0) < strongestOf(asked),
      ) as EvidenceMethod[];
      return weaker.every((method) => {
        const after = decide(withProof(facts, method), requirement, NOW);
        return JSON.stringify(after) === JSON.stringify(decision);
      });
    });
    expect(changed).toEqual([]);
  });

  it('never lets a lock open anything', () => {
    const opened = breaches(spreadPoints(SPREAD), ({ facts, requirement }, { outcome }) => {
      if (outcome === 'allow' || outcome === 'enroll') return true;
      const locked = { ...facts, codesLockedUntil: NOW + 1, recoveryCodesLockedUntil: NOW + 1 };
      return !['allow', 'enroll'].includes(decide(locked, requirement, NOW).outcome);
    });
    expect(opened).toEqual([]);
  });

  it('never lets a lost authenticator open anything where the directory says that the person has enrolled', () => {
    const opened = breaches(spreadPoints(SPREAD), ({ facts, requirement }, { outcome }) => {
      if (outcome === 'allow' || outcome === 'enroll' || facts.authenticators.length === 0) return true;
      const lost: Facts = { ...facts, authenticators: [], enrolledBefore: true };
      const after = decide(lost, requirement, NOW);
      return after.outcome !== 'enroll' && (after.outcome !== 'allow' || after.because === 'federated');
    });
    expect(opened).toEqual([]);
  });

  it('opens what was locked once the lock is over', () => {
    const stuck = breaches(spreadPoints(SPREAD), ({ facts, requirement }, decision) => {
      if (decision.outcome !== 'deny' || decision.because !== 'locked') return true;
      const { lockedUntil = NOW } = decision;
      const { graceUntil } = facts.policy;
      // Enrollment may be due by then, which asks for more than the locked factor.
      if (graceUntil !== null && NOW < graceUntil && graceUntil <= lockedUntil) return true;
      return decide(facts, requirement, lockedUntil).outcome === 'challenge';
    });
    expect(stuck).toEqual([]);
  });
});
