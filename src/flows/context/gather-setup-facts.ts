import { asAdministrator, isMfaOn, type Facts } from '../../core/decision/facts';
import type { Policy } from '../../core/policy/policy';
import type { Account } from '../../options/ports';
import type { AuthSubject } from './auth-subject';
import type { FlowContext } from './context';
import { gatherFacts, type Gathered } from './gather-facts';

/** Finds the policy of an organization with MFA on that the person administers. `own` is that of their own organization. */
export type FindAdministered = (own: Policy) => Promise<Policy | null>;

/** What setting up and changing factors is judged by. */
export interface GatheredForSetup extends Gathered {
  /** The facts with the rules that hold for it; null where there is nothing to set up. */
  readonly setup: Facts | null;
}

/**
 * Reads what {@link gatherFacts} reads. Where the person's own organization has MFA off, they may set up a factor all the same if
 * they administer an organization that has it on: its pages ask them for one.
 */
export async function gatherSetupFacts(
  context: FlowContext,
  who: {
    readonly account: Account;
    readonly subject: AuthSubject;
    readonly findAdministered?: FindAdministered | undefined;
  },
): Promise<GatheredForSetup> {
  const { account, subject, findAdministered } = who;
  const gathered = await gatherFacts(context, account, subject);
  const { facts } = gathered;
  if (isMfaOn(facts)) return { ...gathered, setup: facts };
  const isSession = subject.phase === 'session' && facts.session?.phase === 'live';
  const administered = isSession ? ((await findAdministered?.(facts.policy)) ?? null) : null;
  return { ...gathered, setup: administered === null ? null : asAdministrator(facts, administered) };
}
