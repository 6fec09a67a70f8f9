import {
  addEvidence,
  deriveAmr,
  deriveAssurance,
  deriveAssuranceLevel,
  isFirstFactor,
  isSecondFactor,
  latestProof,
  type Evidence,
  type EvidenceMethod,
} from '../../../src/core/decision/assurance';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';
import { NOW, proof } from './decision-facts';

const FIRST: readonly EvidenceMethod[] = ['password', 'host', 'federated'];
const SECOND: readonly EvidenceMethod[] = ['totp', 'email', 'sms', 'recovery-code'];
const proofs = (...methods: readonly EvidenceMethod[]) => methods.map((method) => proof(method));

describe('deriveAssurance', () => {
  it('is none without evidence, and for a remembered browser alone', () => {
    expect(deriveAssurance([])).toBe('none');
    expect(deriveAssurance(proofs('remembered-browser'))).toBe('none');
  });

  it.each([...FIRST, ...SECOND])('is single-factor for %s alone', (method) => {
    expect(deriveAssurance(proofs(method, method))).toBe('single-factor');
  });

  it('is single-factor for several proofs of one sort', () => {
    expect(deriveAssurance(proofs(...FIRST))).toBe('single-factor');
    expect(deriveAssurance(proofs(...SECOND))).toBe('single-factor');
  });

  it('is single-factor for a password on a remembered browser', () => {
    expect(deriveAssurance(proofs('password', 'remembered-browser'))).toBe('single-factor');
  });

  it.each(FIRST.flatMap((first) => SECOND.map((second) => [first, second] as const)))(
    'is multi-factor for %s and %s, in either order',
    (first, second) => {
      expect(deriveAssurance(proofs(first, second))).toBe('multi-factor');
      expect(deriveAssurance(proofs(second, first))).toBe('multi-factor');
    },
  );

  it('counts every second factor as one, and no method as both', () => {
    for (const method of [...FIRST, ...SECOND, 'remembered-browser'] as const) {
      expect(isFirstFactor(proof(method))).toBe(FIRST.includes(method));
      expect(isSecondFactor(proof(method))).toBe(SECOND.includes(method));
    }
  });
});

describe('a factor that was the way in', () => {
  const wayIn: Evidence = { ...proof('passkey'), authenticatorId: 'key-1', seen: true };

  it('is both factors, and without a sign-in only one', () => {
    expect(deriveAssurance([wayIn])).toBe('multi-factor');
    const { seen: _seen, ...later } = wayIn;
    expect(deriveAssurance([later])).toBe('single-factor');
  });

  it('is not a second factor where it was a stand-in, a password or a session of the host', () => {
    for (const method of ['remembered-browser', 'upstream', 'password', 'host'])
      expect(deriveAssurance([{ ...proof(method), seen: true }])).not.toBe('multi-factor');
  });

  it('stays the way in when the same authenticator is proven again', () => {
    const again: Evidence = { ...proof('passkey', 1), authenticatorId: 'key-1' };
    expect(addEvidence([wayIn], again)).toEqual([wayIn, again]);
    expect(addEvidence([wayIn, again], { ...again, at: again.at + 1 })).toHaveLength(2);
    const later = { ...wayIn, at: wayIn.at + 1 };
    expect(addEvidence([wayIn, again], later)).toEqual([again, later]);
  });
});

describe('deriveAssuranceLevel', () => {
  it.each(['totp', 'sms', 'recovery-code'] as const)('is 2 for a password and %s', (method) => {
    expect(deriveAssuranceLevel(proofs('password', method), FACTOR_TRAITS)).toBe(2);
  });

  it.each(['email', 'remembered-browser'] as const)('is 1 for a password and %s', (method) => {
    expect(deriveAssuranceLevel(proofs('password', method), FACTOR_TRAITS)).toBe(1);
  });

  it('is 1 for a password and an SMS code that came by email', () => {
    const fellBack = { ...proof('sms'), sentBy: 'email' } as const;
    expect(deriveAssuranceLevel([proof('password'), fellBack], FACTOR_TRAITS)).toBe(1);
    expect(deriveAssuranceLevel([proof('password'), fellBack, proof('totp')], FACTOR_TRAITS)).toBe(2);
  });
});

describe('deriveAmr', () => {
  it('names each method by its registered value, once', () => {
    expect(deriveAmr(proofs('password', 'totp', 'email', 'recovery-code', 'sms'), FACTOR_TRAITS)).toEqual([
      'pwd',
      'otp',
      'sms',
    ]);
  });

  it('names an SMS code that came by email as what it proved', () => {
    expect(deriveAmr([proof('password'), { ...proof('sms'), sentBy: 'email' }], FACTOR_TRAITS)).toEqual([
      'pwd',
      'otp',
    ]);
  });

  it('says nothing of what the host did by itself', () => {
    expect(deriveAmr(proofs('host', 'federated', 'remembered-browser'), FACTOR_TRAITS)).toStrictEqual([]);
  });
});

describe('latestProof', () => {
  it('is the newest of those that are wanted, wherever it stands', () => {
    const evidence = [proof('totp', 30), proof('sms', 10), proof('totp', 20), proof('password', 1)];
    expect(latestProof(evidence, ({ method }) => method === 'totp', NOW)).toBe(proof('totp', 20).at);
    expect(latestProof(evidence, isSecondFactor, NOW)).toBe(proof('sms', 10).at);
  });

  it('is null where none is wanted', () => {
    expect(latestProof([proof('password')], isSecondFactor, NOW)).toBeNull();
  });

  it('is none from the future', () => {
    const evidence = [proof('totp', -31), proof('totp', 20)];
    expect(latestProof(evidence, isSecondFactor, NOW)).toBe(proof('totp', 20).at);
    expect(latestProof([proof('totp', -30)], isSecondFactor, NOW)).toBe(proof('totp', -30).at);
  });
});

describe('addEvidence', () => {
  it('keeps the newest of each method and authenticator, however often one proves it', () => {
    const phone = { ...proof('totp', 30), authenticatorId: 'phone' };
    const tablet = { ...proof('totp', 20), authenticatorId: 'tablet' };
    const again = { ...proof('totp', 10), authenticatorId: 'phone' };
    const first = proof('password', 60);
    expect(addEvidence([first, phone, tablet], again)).toEqual([first, tablet, again]);
  });

  it('keeps the proof of the phone where a later code went by email', () => {
    const phone = { ...proof('sms', 30), authenticatorId: 'phone' };
    const mailed = { ...proof('sms', 10), authenticatorId: 'phone', sentBy: 'email' } as const;
    expect(addEvidence([phone], mailed)).toEqual([phone, mailed]);
    expect(addEvidence([phone, mailed], { ...phone, at: mailed.at + 1 })).toHaveLength(2);
  });

  it('leaves the list it was given alone', () => {
    const before = Object.freeze([proof('password', 60)]);
    expect(addEvidence(before, proof('password', 1))).toEqual([proof('password', 1)]);
    expect(before).toEqual([proof('password', 60)]);
  });
});
