import { GUESS_LIMITS } from '../../src/core/member/authenticator';
import { callsByPerson, groupBy, type Finding } from './finding';
import type { Act, Call } from './history';

/** Answers to a code that was compared. The others refuse before that. */
const JUDGED = new Set(['wrong-code', 'code-used', 'clock-off']);

type ProofCall = Call & { readonly act: Act & { readonly kind: 'proof' } };

function isProof(call: Call): call is ProofCall {
  return call.act.kind === 'proof';
}

function isJudged({ answer }: Call): boolean {
  return answer.verdict === 'yes' || (answer.verdict === 'no' && JUDGED.has(answer.because ?? ''));
}

function rightProofOf({ act }: Call): string | null {
  return act.kind === 'proof' || act.kind === 'enroll' ? act.proof : null;
}

/** A right proof is accepted at most once, whatever it was given for. */
export function acceptOnce(calls: readonly Call[]): readonly Finding[] {
  const accepted = calls.filter((call) => call.answer.verdict === 'yes' && rightProofOf(call) !== null);
  return [...groupBy(accepted, rightProofOf)].flatMap(([proof, times]) => {
    if (times.length < 2) return [];
    return [{ rule: 'proof-once', says: `${proof} was accepted ${times.length} times.`, calls: times }];
  });
}

/** At most five codes of one sign-in are compared. */
export function limitGuessesOfLogin(calls: readonly Call[]): readonly Finding[] {
  const ofLogins = calls.filter((call) => isProof(call) && call.act.purpose === 'login');
  return [...groupBy(ofLogins, ({ login }) => login)].flatMap(([login, tries]) => {
    const judged = tries.filter(isJudged);
    const accepted = judged.findIndex(({ answer }) => answer.verdict === 'yes');
    const counted = accepted === -1 ? judged : judged.slice(0, accepted + 1);
    if (counted.length <= GUESS_LIMITS.perChallenge) return [];
    return [
      {
        rule: 'guess-limit',
        says: `${counted.length} codes of sign-in ${login} were judged.`,
        calls: counted,
      },
    ];
  });
}

/** What may start the count of a person anew. */
function mayClear({ act, answer }: Call): boolean {
  if (answer.verdict === 'no') return false;
  if (act.kind === 'proof') return act.proof !== null;
  return ['unlock', 'reset', 'remove', 'enroll'].includes(act.kind);
}

/** At most ten codes in a row of one person and group are compared before a lock. */
export function limitGuessesInARow(calls: readonly Call[]): readonly Finding[] {
  return [...callsByPerson(calls)].flatMap(([person, own]) => {
    const clearing = own.filter(mayClear);
    const proofs = own.filter(isProof).filter(isJudged);
    const groups = [...groupBy(proofs, ({ act }) => act.group)];
    return groups.flatMap(([group, judged]) => {
      const row = findRow(judged, clearing);
      if (row === null) return [];
      return [
        {
          rule: 'guess-limit' as const,
          says: `${row.length} ${group} of ${person} were judged.`,
          calls: row,
        },
      ];
    });
  });
}

/** One more than allowed, with nothing around them that could have started the count anew, nor the time that a lock lasts. */
function findRow(judged: readonly Call[], clearing: readonly Call[]): readonly Call[] | null {
  const size = GUESS_LIMITS.perUser + 1;
  for (let start = 0; start + size <= judged.length; start += 1) {
    const row = judged.slice(start, start + size);
    const from = Math.min(...row.map(({ invoked }) => invoked));
    const to = Math.max(...row.map(({ responded }) => responded));
    const lasted =
      Math.max(...row.map(({ answeredAt }) => answeredAt)) - Math.min(...row.map(({ at }) => at));
    const isCleared = clearing.some(
      ({ invoked, responded, answer }) => invoked < to && (responded > from || answer.verdict === 'unknown'),
    );
    if (!isCleared && lasted < GUESS_LIMITS.lockSeconds * 1000) return row;
  }
  return null;
}

/** How often enrollment can be put off under the policies of a history. */
export const SKIPS = 3;

export function limitSkips(calls: readonly Call[]): readonly Finding[] {
  return [...callsByPerson(calls)].flatMap(([person, own]) => {
    const skipped = own.filter(({ act, answer }) => act.kind === 'skip' && answer.verdict === 'yes');
    if (skipped.length <= SKIPS) return [];
    return [
      { rule: 'skip-limit' as const, says: `${person} skipped ${skipped.length} times.`, calls: skipped },
    ];
  });
}
