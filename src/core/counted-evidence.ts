import type { Evidence } from './assurance';
import { deriveAssurance, isFirstFactor, isSecondFactor, latestProof } from './assurance';
import { onFileId } from './factor-kind';
import { rankOfProof, strongestRank } from './factor-strength';
import type { Facts } from './facts';

/** What was proven by another way than the first factor came. */
function countedEvidence({ session, spentChannels }: Facts): readonly Evidence[] {
  const evidence = session?.evidence ?? [];
  if (spentChannels.length === 0) return evidence;
  return evidence.filter(({ authenticatorId, sentBy }) => {
    // A code that fell back went to the address on file.
    const address = sentBy === 'email' ? onFileId('email') : authenticatorId;
    return address === undefined || !spentChannels.includes(address);
  });
}

export function isMultiFactor(facts: Facts): boolean {
  return deriveAssurance(countedEvidence(facts)) === 'multi-factor';
}

/** Whether this login or session has proven a second factor, or a remembered browser stood in for it. */
export function isProven(facts: Facts): boolean {
  if (isMultiFactor(facts)) return true;
  const evidence = facts.session?.evidence ?? [];
  return evidence.some(isFirstFactor) && evidence.some(({ method }) => method === 'remembered-browser');
}

/** When the strongest factor that the person has was proven last in this login or session, or null. */
export function strongestProofAt(facts: Facts): number | null {
  const strongest = strongestRank(facts);
  return latestProof(
    countedEvidence(facts),
    (evidence) => isSecondFactor(evidence) && rankOfProof(evidence) >= strongest,
  );
}

/** Whether this login or session has proven two factors, of which the second is no weaker than the strongest. */
export function isStrongestProven(facts: Facts): boolean {
  return isMultiFactor(facts) && strongestProofAt(facts) !== null;
}
