import type { OpenProof } from '../../../src/flows/challenge/open-proof';
import { pickFactor } from '../../../src/flows/challenge/open-proof';
import { HOUR, NOW, factsOf } from '../core/decision-facts';

const app = { kind: 'totp', authenticatorId: 'app' };

function proofWith(given: {
  readonly asked: typeof app | null;
  readonly locked?: true;
  readonly offered?: true;
}) {
  return {
    purpose: 'login',
    decision: { outcome: 'challenge', because: 'assurance-too-low', anyOf: given.offered ? [app] : [] },
    gathered: { facts: factsOf({ codesLockedUntil: given.locked ? NOW + HOUR : null }), now: NOW },
    challengeHint: given.asked === null ? null : { purpose: 'login', ...given.asked },
  } as unknown as OpenProof;
}

describe('the factor to ask for', () => {
  it('is none where none was chosen or asked for before', () => {
    expect(pickFactor(proofWith({ asked: null, offered: true }), null)).toEqual({
      outcome: 'refused',
      because: 'no-challenge',
    });
  });

  it('is the one asked for before, during a lock only if it is still offered', () => {
    const picked = { outcome: 'picked', challengeHint: { purpose: 'login', ...app } };
    expect(pickFactor(proofWith({ asked: app, offered: true }), null)).toEqual(picked);
    expect(pickFactor(proofWith({ asked: app, offered: true, locked: true }), null)).toEqual(picked);
    expect(pickFactor(proofWith({ asked: app, locked: true }), null)).toEqual({
      outcome: 'refused',
      because: 'locked',
      lockedUntil: NOW + HOUR,
    });
  });

  it('is the chosen one, and none that is not offered', () => {
    expect(pickFactor(proofWith({ asked: null, offered: true }), 'app')).toMatchObject({ outcome: 'picked' });
    expect(pickFactor(proofWith({ asked: null, offered: true }), 'phone')).toEqual({
      outcome: 'refused',
      because: 'no-authenticator',
    });
  });
});
