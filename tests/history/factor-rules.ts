import { RECOVERY_CODE_COUNT } from '../../src/core/proof/recovery-code';
import { callsByPerson, type Finding } from './finding';
import { isBefore, type Act, type Call } from './history';

type EnrollCall = Call & { readonly act: Act & { readonly kind: 'enroll' } };

function isEnrollment(call: Call): call is EnrollCall {
  return call.act.kind === 'enroll' && call.answer.verdict !== 'no';
}

/** The factors that an answer shows a person to have; null where it shows nothing of them. */
function seenBy({ answer }: Call): readonly string[] | null {
  if (answer.withoutFactor === true) return [];
  return answer.factors ?? null;
}

/** Calls that removed a factor, or may have. */
function removalsOf(own: readonly Call[], factor: string): readonly Call[] {
  return own.filter(
    ({ act, answer }) =>
      answer.verdict !== 'no' && (act.kind === 'reset' || (act.kind === 'remove' && act.factor === factor)),
  );
}

/** A factor that was confirmed is there until it is removed, and works. */
export function keepFactors(calls: readonly Call[]): readonly Finding[] {
  return [...callsByPerson(calls)].flatMap(([person, own]) => {
    const enrolled = own.filter(isEnrollment).filter(({ answer }) => answer.verdict === 'yes');
    const looks = own.filter((call) => seenBy(call) !== null);
    const lost = enrolled.flatMap((enrollment): Finding[] => {
      const { factor } = enrollment.act;
      const removals = removalsOf(own, factor);
      const mayBeGone = (look: Call) =>
        removals.some((removal) => removal.invoked < look.responded && !isBefore(removal, enrollment));
      const look = looks.find(
        (one) => isBefore(enrollment, one) && seenBy(one)?.includes(factor) === false && !mayBeGone(one),
      );
      if (look === undefined) return [];
      return [{ rule: 'factor-lost', says: `${person} lost ${factor}.`, calls: [enrollment, look] }];
    });
    return [...lost, ...findUnusable(own)];
  });
}

function findUnusable(own: readonly Call[]): readonly Finding[] {
  return own.flatMap((call): Finding[] => {
    const { act, answer } = call;
    if (act.kind !== 'proof' || act.final === undefined || answer.verdict !== 'no') return [];
    const { factor } = act.final;
    const enrollment = own.find((one) => isEnrollment(one) && one.act.factor === factor);
    const says = `${factor} is there, and its code is refused: ${answer.because ?? answer.status}.`;
    return [{ rule: 'factor-lost', says, calls: enrollment === undefined ? [call] : [enrollment, call] }];
  });
}

/** Nobody has a factor that was never confirmed, or one whose removal was confirmed. */
export function addNoFactors(calls: readonly Call[]): readonly Finding[] {
  return [...callsByPerson(calls)].flatMap(([person, own]) => {
    const enrollments = own.filter(isEnrollment);
    const reported = new Set<string>();
    return own.flatMap((look): Finding[] =>
      (look.answer.factors ?? []).flatMap((factor): Finding[] => {
        const because = findImpossible(look, factor, { own, enrollments });
        if (because === null || reported.has(factor)) return [];
        reported.add(factor);
        return [
          { rule: 'factor-back', says: `${person} has ${factor}: ${because.why}.`, calls: because.calls },
        ];
      }),
    );
  });
}

function findImpossible(
  look: Call,
  factor: string,
  { own, enrollments }: { readonly own: readonly Call[]; readonly enrollments: readonly EnrollCall[] },
): { readonly why: string; readonly calls: readonly Call[] } | null {
  const ofFactor = enrollments.filter(
    ({ act, invoked }) => act.factor === factor && invoked < look.responded,
  );
  if (ofFactor.length === 0) return { why: 'it was never confirmed', calls: [look] };
  // One whose outcome nobody knows may have taken effect after the removal.
  if (ofFactor.some(({ answer }) => answer.verdict === 'unknown')) return null;
  const removal = removalsOf(own, factor).find(
    (one) =>
      one.answer.verdict === 'yes' &&
      isBefore(one, look) &&
      ofFactor.every((enrollment) => isBefore(enrollment, one)),
  );
  return removal === undefined ? null : { why: 'it was removed', calls: [removal, look] };
}

/** A factor and the recovery codes that come with the first one are there together, or neither is. */
export function enrollWhole(calls: readonly Call[]): readonly Finding[] {
  return [...callsByPerson(calls)].flatMap(([person, own]) => {
    const used = own.filter(
      ({ act, answer }) =>
        act.kind === 'proof' &&
        act.group === 'recovery-codes' &&
        act.proof !== null &&
        answer.verdict !== 'no',
    );
    return own.flatMap((look): Finding[] => {
      const { factors, recoveryCodesLeft: left } = look.answer;
      if (factors === undefined || left === undefined) return [];
      const usedBefore = used.filter(({ invoked }) => invoked < look.responded).length;
      const least = factors.length === 0 ? 0 : RECOVERY_CODE_COUNT - usedBefore;
      const most = factors.length === 0 ? 0 : RECOVERY_CODE_COUNT;
      if (left >= least && left <= most) return [];
      const says = `${person} has ${factors.length} factors and ${left} recovery codes.`;
      return [{ rule: 'half-enrolled', says, calls: [look] }];
    });
  });
}
