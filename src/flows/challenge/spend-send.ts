import { isAmongCountries, parsePhoneNumber } from '../../core/address/phone-number';
import type { Channel } from '../../core/member/factor-kind';
import { personalBudgets, sendBudgets, type BudgetOf, type BudgetedSend } from '../../delivery/budgets';
import type { FlowContext } from '../context/context';

export interface SendToSpend extends BudgetedSend {
  readonly organizationId: string;
  /** Included in events. */
  readonly loginId?: string;
}

export interface SendRefused {
  readonly outcome: 'refused';
  readonly because: 'send-limit' | 'send-budget-exhausted' | 'country-not-allowed';
  readonly retryAfterSeconds?: number;
}

const ALARM_SECONDS = 3600;

/** Counts belong to the person and the address, so a new login or another process does not reset them. */
export async function spendSend(
  context: FlowContext,
  send: SendToSpend,
): Promise<{ readonly outcome: 'spent' } | SendRefused> {
  if (send.kind === 'sms' && !isCountryAllowed(context, send.destination)) {
    return refuse(context, send, { outcome: 'refused', because: 'country-not-allowed' });
  }
  const budgets = sendBudgets(context.keyRing, send, context.options.sends);
  const spent = await context.state.spendSendBudgets(budgets, context.clock.now());
  if (spent.outcome === 'spent') return { outcome: 'spent' };
  const { retryAfterSeconds } = spent;
  const of = budgets.find(({ key }) => key === spent.key)?.of ?? 'destination';
  if (of === 'destination' || of === 'user') {
    return refuse(context, send, { outcome: 'refused', because: 'send-limit', retryAfterSeconds });
  }
  await raiseAlarm(context, send, of, spent.key);
  return refuse(context, send, { outcome: 'refused', because: 'send-budget-exhausted', retryAfterSeconds });
}

/** Falls back if the country is not allowed or the budget for texts is used up. A person over their own limit must wait. */
export async function spendSendOrFallback(
  context: FlowContext,
  send: SendToSpend,
  fallback: string | undefined,
): Promise<{ readonly outcome: 'spent'; readonly by: Channel } | SendRefused> {
  const spent = await spendSend(context, send);
  if (spent.outcome === 'spent') return { outcome: 'spent', by: send.kind };
  const mayFallBack = send.kind === 'sms' && spent.because !== 'send-limit' && context.options.email !== null;
  if (!mayFallBack || fallback === undefined) return spent;
  const byEmail = await spendSend(context, { ...send, kind: 'email', destination: fallback });
  return byEmail.outcome === 'spent' ? { outcome: 'spent', by: 'email' } : byEmail;
}

function isCountryAllowed({ options }: FlowContext, destination: string): boolean {
  if (options.allowedCountries === null) return true;
  const number = parsePhoneNumber(destination);
  return number.outcome === 'parsed' && isAmongCountries(number, options.allowedCountries);
}

function refuse(context: FlowContext, send: SendToSpend, refused: SendRefused): SendRefused {
  const { kind, purpose } = send;
  const details = { kind, purpose, because: refused.because };
  context.events.report({ name: 'delivery-refused', ...whoseSend(send), details });
  return refused;
}

function whoseSend({ userId, organizationId, loginId }: SendToSpend) {
  return { userId, organizationId, ...(loginId === undefined ? {} : { loginId }) };
}

/** Reports at most one event per budget and hour, across all processes. */
async function raiseAlarm(context: FlowContext, send: SendToSpend, of: BudgetOf, key: string): Promise<void> {
  const alarm = context.state.throttle({ name: 'send-alarm', points: 1, seconds: ALARM_SECONDS });
  if ((await alarm.spend(key)).outcome === 'blocked') return;
  const details = { kind: send.kind, budget: of };
  context.events.report({ name: 'send-budget-exhausted', ...whoseSend(send), details });
  const option = CAPS.get(of);
  if (option !== undefined) context.options.onError(new SendCapReached(option));
}

/** The budgets that all organizations share, and the option that sets each. */
const CAPS: ReadonlyMap<BudgetOf, string> = new Map([
  ['total-sms', 'sends.totalSms'],
  ['total', 'sends.total'],
]);

/** Tells the operator, because a limit over all organizations also blocks those that did nothing wrong. */
class SendCapReached extends Error {
  override readonly name = 'SendCapReached';

  constructor(option: string) {
    super(
      `${option} is reached, the limit over all organizations: no more codes are sent until there is room. Check the events to see which organizations sent them, and raise the limit if they are legitimate.`,
    );
  }
}

/** Seconds until a code may be sent to this address again. Shared budgets are checked when one is sent. */
export function findDestinationWait(context: FlowContext, send: BudgetedSend): Promise<number> {
  const { keyRing, options, state, clock } = context;
  return state.findSendWait(personalBudgets(keyRing, send, options.sends), clock.now());
}
