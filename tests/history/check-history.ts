import { addNoFactors, enrollWhole, keepFactors } from './factor-rules';
import type { Finding, Rule } from './finding';
import { isBefore, type Call, type Fault, type History } from './history';
import { acceptOnce, limitGuessesInARow, limitGuessesOfLogin, limitSkips } from './proof-rules';
import { endForGood } from './session-rules';

const RULES: readonly Rule[] = [
  acceptOnce,
  limitGuessesOfLogin,
  limitGuessesInARow,
  limitSkips,
  endForGood,
  keepFactors,
  addNoFactors,
  enrollWhole,
  keepPolicy,
  failAsPromised,
];

export interface Verdict {
  readonly violations: readonly Finding[];
  /** What contradicts an answer that a failover may have lost. */
  readonly lost: readonly Loss[];
}

export interface Loss extends Finding {
  /** The failover that explains it. */
  readonly by: string;
}

/** Holds a history against the rules. */
export function checkHistory({ calls, faults }: History): Verdict {
  const inOrder = calls.toSorted((one, other) => one.responded - other.responded);
  const findings = RULES.flatMap((rule) => rule(inOrder));
  const losses = faults.filter(({ losesWrites }) => losesWrites);
  const lost = findings.flatMap((finding): Loss[] => {
    const spanned = losses.filter((one) => spans(finding, one));
    // What a replica lacks was acknowledged while it was cut off.
    const acknowledged = finding.calls[0]?.responded ?? 0;
    const fault = spanned.findLast(({ from }) => from <= acknowledged) ?? spanned[0];
    return fault === undefined ? [] : [{ ...finding, by: fault.what }];
  });
  const isLost = (finding: Finding) => losses.some((fault) => spans(finding, fault));
  return { violations: findings.filter((finding) => !isLost(finding)), lost };
}

/** Whether the first answer may have been lost by the fault before the last one was given. */
function spans({ calls }: Finding, { from, to }: Fault): boolean {
  const [first, ...others] = calls;
  const last = others.at(-1);
  if (first === undefined || last === undefined) return false;
  return first.invoked <= to && last.responded >= from;
}

/** A policy that was read is none that was replaced before the read began. */
function keepPolicy(calls: readonly Call[]): readonly Finding[] {
  const saved = new Map<number, Call>();
  for (const call of calls) {
    if (call.act.kind === 'save-policy') saved.set(call.act.revision, call);
  }
  const confirmed = [...saved.values()].filter(({ answer }) => answer.verdict === 'yes');
  const reported = new Set<number>();
  return calls.flatMap((read): Finding[] => {
    const { revision } = read.answer;
    if (revision === undefined || reported.has(revision)) return [];
    const source = saved.get(revision);
    // One whose outcome nobody knows may have taken effect after the others.
    if (source?.answer.verdict === 'unknown') return [];
    const newer = confirmed.find(
      (save) => save !== source && isBefore(save, read) && (source === undefined || isBefore(source, save)),
    );
    if (newer === undefined) return [];
    reported.add(revision);
    const says = `Revision ${revision} was read after ${describeSave(newer)} was saved.`;
    return [{ rule: 'old-policy', says, calls: [newer, read] }];
  });
}

function describeSave({ act }: Call): string {
  return act.kind === 'save-policy' ? `revision ${act.revision}` : act.kind;
}

/** A store that fails is a 503. */
function failAsPromised(calls: readonly Call[]): readonly Finding[] {
  return calls
    .filter(({ answer }) => answer.status === 500)
    .map((call) => ({
      rule: 'internal-error',
      says: `${call.act.kind} was answered with 500.`,
      calls: [call],
    }));
}
