import type { Evidence } from '../../core/decision/assurance';
import { decide, explain, type Decision, type Requirement, type Verdict } from '../../core/decision/decide';
import { findTraits, type FactorKind } from '../../core/member/factor-kind';
import type { MfaEvent } from '../../events/events';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { FlowContext } from '../context/context';
import { findTarget } from './member-acts';

export interface MemberExplanation {
  readonly decision: Decision;
  /** Every rule, in order. The first one with a decision wins. */
  readonly verdicts: readonly Verdict[];
}

/** Right after the first factor. Null if the user table does not list the person in the organization. */
export async function explainMember(
  context: FlowContext,
  request: {
    readonly organizationId: string;
    readonly userId: string;
    readonly requirement: Requirement;
  },
): Promise<MemberExplanation | null> {
  const member = await findTarget(context, request);
  if (member === null) return null;
  const { account, facts } = member;
  const now = context.clock.now();
  const method = account.federated ? 'federated' : 'password';
  const evidence: readonly Evidence[] = [{ method, at: now }];
  const phase = account.active ? 'live' : 'ended';
  const signedIn = { ...facts, session: { phase, evidence, skipped: false } } as const;
  const { requirement } = request;
  return {
    decision: decide(signedIn, requirement, now),
    verdicts: explain(signedIn, requirement, now),
  };
}

/** Why a member is locked out, according to the events of the organization. */
export interface LockExplanation {
  readonly since: number;
  readonly until: number;
  /** The wrong codes that led to the lock. */
  readonly guesses: number;
  readonly firstGuessAt: number;
  /** The kinds of factor that were guessed at, newest first. */
  readonly kinds: readonly FactorKind[];
  /** The addresses that the codes came from, newest first. */
  readonly addresses: readonly string[];
}

/** Large enough to skip over events that do not count. */
const MOST_READ = 100;

/** Null if the events are no longer stored or belong to another organization. Makes two reads, each limited in size. */
export async function explainLock(
  { records, options: { limits } }: FlowContext,
  request: { readonly organizationId: string; readonly userId: string; readonly lockedUntil: number },
): Promise<LockExplanation | null> {
  const { organizationId, userId, lockedUntil } = request;
  const ofMember = { organizationId, userIds: [userId] };
  const locks = await records.listEvents({ ...ofMember, names: ['proofs-locked'], limit: MOST_READ });
  // If a clock was ahead, its lock was shortened, so it may end earlier than its event says, but never later.
  const lock = locks.events.find(
    (event) => isCodeGuess(event) && Number(event.details['lockedUntil']) >= lockedUntil,
  );
  if (lock === undefined) return null;
  const answers = await records.listEvents({
    ...ofMember,
    names: ['proof-rejected'],
    to: lock.at + 1,
    limit: MOST_READ,
  });
  // A right answer clears the count, so the most recent guesses are the ones that filled it.
  const guesses = answers.events.filter(isCountedGuess).slice(0, limits.perUser);
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

/** Enrollments and unlocks have their own counts. */
function isCountedGuess(event: MfaEvent): boolean {
  const { purpose } = event.details;
  return isCodeGuess(event) && purpose !== 'enroll' && purpose !== 'unlock';
}

/** Recovery codes have their own lock. */
function isCodeGuess({ details: { kind } }: MfaEvent): boolean {
  return findTraits(FACTOR_TRAITS, kind)?.guessGroup === 'codes';
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
