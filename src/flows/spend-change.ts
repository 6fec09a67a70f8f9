import type { FlowContext } from './context';

export interface TooManyChanges {
  readonly outcome: 'rejected';
  readonly because: 'too-many-changes';
  readonly retryAfterSeconds: number;
}

/** What one person may do in an hour, far beyond what anybody needs. */
const AN_HOUR = {
  /** Each is told to every address on file, so that without an end it is a flood of mails. */
  'factor-changes': 30,
  /** Each costs over a second of processor time. */
  'recovery-codes': 10,
} as const;

/** Counts one change; what would be one too many is refused. */
export async function spendChange(
  context: FlowContext,
  userId: string,
  name: keyof typeof AN_HOUR,
): Promise<{ readonly outcome: 'spent' } | TooManyChanges> {
  const spent = await context.state.throttle({ name, points: AN_HOUR[name], seconds: 3600 }).spend(userId);
  if (spent.outcome === 'spent') return spent;
  const { retryAfterSeconds } = spent;
  return { outcome: 'rejected', because: 'too-many-changes', retryAfterSeconds };
}
