import type { Evidence } from '../../core/decision/assurance';
import { decide, explain, type Decision, type Requirement, type Verdict } from '../../core/decision/decide';
import { findTraits, type FactorKind } from '../../core/member/factor-kind';
import type { MfaEvent } from '../../events/events';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { FlowContext } from '../context/context';
import { findTarget } from './member-acts';

export interface MemberExplanation {
  readonly decision: Decision;
  /** Every rule in the order in which it is asked. The first one with a decision wins. */
  readonly verdicts: readonly Verdict[];
}

/**
 * What is decided about a member right after the first factor, and what each rule says. Null if the user table does not have the
 * person in the organization.
 */
export async function explainMember(
  context: FlowContext,
  asked: {
    readonly organizationId: string;
    readonly userId: string;
    readonly requirement: Requirement;
  },
): Promise<MemberExplanation | null> {
  const member = await findTarget(context, asked);
  if (member === null) return null;
  const { account, facts } = member;
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'password';
  const evidence: readonly Evidence[] = [{ method, at: now }];
  const phase = account.active ? 'live' : 'ended';
  const signedIn = { ...facts, session: { phase, evidence, skipped: false } } as const;
  const { requirement } = asked;
  return {
    decision: decide(signedIn, requirement, now),
    verdicts: explain(signedIn, requirement, now),
  };
}

/** Why a member is locked out, as far as the events of the organization say. */
export interface LockExplanation {
  readonly since: number;
  readonly until: number;
  /** The wrong codes that led to the lock. */
  readonly guesses: number;
  readonly firstGuessAt: number;
  /** What was guessed at, the newest first. */
  readonly kinds: readonly FactorKind[];
  /** Where the codes came from, the newest first. */
  readonly addresses: readonly string[];
}

/** Enough to pass over events that do not count. */
const MOST_READ = 100;

/** Null where the events are no longer kept, or belong to another organization. Each of two reads is bounded by the store. */
export async function explainLock(
  { records, options: { limits } }: FlowContext,
  asked: { readonly organizationId: string; readonly userId: string; readonly lockedUntil: number },
): Promise<LockExplanation | null> {
  const { organizationId, userId, lockedUntil } = asked;
  const ofMember = { organizationId, userIds: [userId] };
  const locks = await records.listEvents({ ...ofMember, names: ['proofs-locked'], limit: MOST_READ });
  // A lock from a clock that is ahead was shortened, so it ends no later than its event says.
  const lock = locks.events.find(
    (event) => isAtCode(event) && Number(event.details['lockedUntil']) >= lockedUntil,
  );
  if (lock === undefined) return null;
  const answers = await records.listEvents({
    ...ofMember,
    names: ['proof-rejected'],
    to: lock.at + 1,
    limit: MOST_READ,
  });
  // A right answer ends the count, so the last ones are those that filled it.
  const guesses = answers.events.filter(isCounted).slice(0, limits.perUser);
  const first = guesses.at(-1);
  if (first === undefined) return null;
  return {
    since: lock.at,
    until: lockedUntil,
    guesses: guesses.length,
    firstGuessAt: first.at,
    kinds: distinct(guesses.map(({ details }) => String(details['kind']))),
    addresses: distinct(guesses.map(({ address = '' }) => address).filter((address) => address !== '')),
  };
}

/** Enrollments, and codes that end a lock, have counts of their own. */
function isCounted(event: MfaEvent): boolean {
  const { purpose } = event.details;
  return isAtCode(event) && purpose !== 'enroll' && purpose !== 'unlock';
}

/** Recovery codes have a lock of their own. */
function isAtCode({ details: { kind } }: MfaEvent): boolean {
  return findTraits(FACTOR_TRAITS, kind)?.guessGroup === 'codes';
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
