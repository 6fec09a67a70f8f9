import type { Records } from '../support/records';
import { describeAuthenticators } from './records/authenticators';
import { describeGuesses } from './records/guesses';
import { describeGuessesByRank } from './records/guesses-by-rank';
import { describeLeftovers } from './records/leftovers';
import { describeMembers } from './records/members';
import { describePolicies } from './records/policies';
import { describeRecoveryCodes } from './records/recovery-codes';
import { describeTimeSteps } from './records/time-steps';

/** What the rules about members and policies make of a record store. `open` gives the store under test. */
export function describeRules(open: () => Records): void {
  describeMembers(open);
  describePolicies(open);
  describeAuthenticators(open);
  describeLeftovers(open);
  describeGuesses(open);
  describeGuessesByRank(open);
  describeTimeSteps(open);
  describeRecoveryCodes(open);
}
