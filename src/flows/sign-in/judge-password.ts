import { addEvidence, type Evidence } from '../../core/decision/assurance';
import type { Account } from '../../options/ports';
import type { FlowContext, Origin } from '../context/context';
import type { Gathered } from '../context/gather-facts';
import type { AdmittedPassword, PasswordLimiter, SubmittedPassword } from './password-limits';

export type PasswordVerdict =
  | {
      readonly outcome: 'right';
      readonly user: Express.User;
      /** What the callback returned in addition to the user. */
      readonly info: unknown;
      /** Resolves when the attempt is no longer counted. Already started; the caller awaits it in parallel with its own work. */
      readonly settled: Promise<void>;
      /** Whether the user has not signed in from this address yet. */
      readonly isNetworkNew: boolean;
    }
  | { readonly outcome: 'wrong'; readonly info: unknown }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

export type JudgePassword = (
  username: string,
  password: string,
) => Promise<
  | { readonly outcome: 'right'; readonly user: Express.User; readonly info: unknown }
  | { readonly outcome: 'wrong'; readonly info: unknown }
>;

export interface PasswordToJudge extends SubmittedPassword {
  readonly password: string;
}

const NOT_COUNTED = { settled: Promise.resolve(), isNetworkNew: false } as const;

/** These limits on guessing are separate from those of second factors. A null limiter disables them. */
export async function judgePassword(
  limiter: PasswordLimiter | null,
  submitted: PasswordToJudge,
  judge: JudgePassword,
): Promise<PasswordVerdict> {
  const { username, password } = submitted;
  if (limiter === null) {
    const verdict = await judge(username, password);
    return verdict.outcome === 'right' ? { ...verdict, ...NOT_COUNTED } : verdict;
  }
  const admitted = await limiter.admit(submitted);
  if (admitted.outcome === 'throttled') return admitted;
  return settle(admitted, () => judge(username, password));
}

async function settle(
  admitted: AdmittedPassword,
  judge: () => ReturnType<JudgePassword>,
): Promise<PasswordVerdict> {
  let verdict;
  try {
    verdict = await judge();
  } catch (error) {
    await admitted.fail();
    throw error;
  }
  if (verdict.outcome !== 'right') {
    await admitted.reject();
    return verdict;
  }
  const settled = admitted.accept();
  // The caller that awaits it handles the failure; an unhandled rejection would end the process.
  settled.catch(() => undefined);
  return { ...verdict, settled, isNetworkNew: admitted.isNetworkNew };
}

/** The event of a wrong password does not contain the name: it may be a password typed into the wrong field. */
export async function checkSignInPassword(
  { events }: FlowContext,
  { address }: Origin,
  check: () => Promise<PasswordVerdict>,
): Promise<PasswordVerdict> {
  const verdict = await check();
  if (verdict.outcome !== 'right') {
    const name = verdict.outcome === 'wrong' ? 'password-rejected' : 'password-throttled';
    events.report({ name, organizationId: '', address });
  }
  return verdict;
}

export type OwnPassword =
  | { readonly outcome: 'proven'; readonly evidence: readonly Evidence[] }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

/** Checks the password that a signed-in person enters again. If it is right, adds it to the evidence. */
export async function proveOwnPassword(
  { events, directory, clock }: FlowContext,
  proof: {
    readonly account: Account;
    readonly gathered: Pick<Gathered, 'facts'>;
    readonly purpose: 'step-up' | 'switch-off';
    readonly origin: Origin;
    readonly check: () => Promise<PasswordVerdict>;
  },
): Promise<OwnPassword> {
  const { account, gathered, purpose, origin } = proof;
  const verdict = await proof.check();
  if (verdict.outcome === 'throttled') return verdict;
  if (verdict.outcome === 'wrong' || directory.accountOf(verdict.user).id !== account.id) {
    const { id: userId, organizationId } = account;
    const details = { purpose };
    events.report({ name: 'password-rejected', userId, organizationId, address: origin.address, details });
    return { outcome: 'wrong' };
  }
  const evidence = gathered.facts.session.evidence;
  return {
    outcome: 'proven',
    evidence: addEvidence(evidence, { method: 'password', at: clock.now() }),
  };
}
