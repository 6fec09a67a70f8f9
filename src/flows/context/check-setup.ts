import { MfaError } from '../../core/errors';
import { isSealKeyKnown } from '../../core/proof/secrets';
import { withTimeLimit } from '../../delivery/circuit-breaker';
import type { FlowContext } from './context';

/** One problem with the setup, and how to fix it. */
export interface SetupFinding {
  readonly part: 'keys' | 'records' | 'state' | 'clock' | 'cookies' | 'email' | 'sms' | 'options';
  /** `error`: people cannot sign in or are not protected. `warning`: they can and are, but something should be improved. */
  readonly level: 'error' | 'warning';
  readonly message: string;
}

export interface SetupReport {
  /** True if no finding is an error. */
  readonly ok: boolean;
  readonly findings: readonly SetupFinding[];
}

export interface CheckOptions {
  /** The Express app, for its `trust proxy` setting. */
  readonly app?: { get(setting: string): unknown };
  /** Users whose secrets are checked against the keys, such as one of the operators. */
  readonly userIds?: readonly string[];
}

/** What earlier requests revealed about proxies. */
export interface SeenProxies {
  /** A header that proxies add arrived while `trust proxy` was not set. */
  readonly seesUnknownProxy: boolean;
}

/** Beyond this, codes of authenticator apps are refused, and every lifetime in the state is off by as much. */
const CLOCK_ERROR_MS = 30_000;
const CLOCK_WARNING_MS = 5000;

/** Checks the setup for common mistakes. Never rejects: a check that fails to run is a finding. */
export async function checkSetup(
  context: FlowContext,
  options: CheckOptions,
  seen: SeenProxies,
): Promise<SetupReport> {
  const found = await Promise.all([
    checkKeys(context, options.userIds ?? []),
    checkRecords(context),
    checkState(context),
    checkSenders(context),
  ]);
  const findings = [
    ...found.flat(),
    ...checkClocks(context),
    ...checkTls(context),
    ...checkProxies(context, options.app, seen),
    ...checkOptions(context),
  ];
  return { ok: findings.every(({ level }) => level !== 'error'), findings };
}

const isProduction = () => process.env['NODE_ENV'] === 'production';

async function checkKeys(context: FlowContext, userIds: readonly string[]): Promise<readonly SetupFinding[]> {
  if (userIds.length === 0) return [];
  try {
    const members = await context.records.findMembers(userIds, 'default');
    const sealed = members.flatMap(({ authenticators }) => authenticators);
    const lost = sealed.filter(({ sealedSecret }) => !isSealKeyKnown(context.keyRing, sealedSecret));
    const elsewhere = sealed.filter(
      ({ kind, state }) => context.factors.get(kind)?.worksHere(state) === false,
    );
    const wrongDomain: readonly SetupFinding[] =
      elsewhere.length === 0
        ? []
        : [
            {
              part: 'options',
              level: 'error',
              message: `${elsewhere.length} passkeys belong to another domain and can’t be used: set \`passkeys.rpId\` to the domain they were registered for.`,
            },
          ];
    if (lost.length === 0) return wrongDomain;
    const message = `${lost.length} of ${sealed.length} secrets open with none of the keys: put the key that sealed them back into \`keys\`.`;
    return [{ part: 'keys', level: 'error', message }, ...wrongDomain];
  } catch (error) {
    return [unreachable('keys', 'The records', error)];
  }
}

async function checkRecords({ records, options }: FlowContext): Promise<readonly SetupFinding[]> {
  try {
    const level = isProduction() && !options.dangerouslyAcceptVolatileRecords ? 'error' : 'warning';
    return (await records.findWeaknesses()).map((message) => ({ part: 'records', level, message }));
  } catch (error) {
    return [unreachable('records', 'The records', error)];
  }
}

async function checkState({ state, options }: FlowContext): Promise<readonly SetupFinding[]> {
  try {
    const before = options.clock.now();
    const stateNow = await state.findClock(before);
    if (stateNow === null) {
      const message =
        'The state is kept in the memory of this process: people are signed out when it ends, and a second process cannot read it. Pass `state: redisState(redis)`.';
      return [{ part: 'state', level: 'warning', message }];
    }
    // Ignores the time that the reply took: only a difference that it cannot explain counts.
    const now = options.clock.now();
    const differenceMs = Math.round(stateNow < before ? before - stateNow : Math.max(0, stateNow - now));
    if (differenceMs < CLOCK_WARNING_MS) return [];
    const message = `The clocks of this process and of the state are ${differenceMs} ms apart: let both use the same time server.`;
    return [{ part: 'clock', level: differenceMs < CLOCK_ERROR_MS ? 'warning' : 'error', message }];
  } catch (error) {
    return [unreachable('state', 'The state', error)];
  }
}

/** Reports a clock that is or was ahead, if this process has read an instant in the future. */
function checkClocks({ clocks: { furthest } }: FlowContext): readonly SetupFinding[] {
  if (furthest === null) return [];
  const seconds = Math.round(furthest.aheadMs / 1000);
  const message = `Since it started, this process has read a date ${seconds} s in the future, of a ${furthest.of}: the clock of another process is or was ahead, or the clock of this one is behind. Let all processes use the same time server.`;
  return [{ part: 'clock', level: 'warning', message }];
}

async function checkSenders({ options }: FlowContext): Promise<readonly SetupFinding[]> {
  const { email, sms, emailTimeoutSeconds, smsTimeoutSeconds } = options;
  const none: SetupFinding = {
    part: 'email',
    level: 'warning',
    message: 'There is no email sender, so people are not notified when a factor changes: pass `email`.',
  };
  const found = await Promise.all([
    email === null ? none : checkSender('email', email, emailTimeoutSeconds),
    sms === null ? null : checkSender('sms', sms, smsTimeoutSeconds),
  ]);
  return found.filter((finding) => finding !== null);
}

async function checkSender(
  part: 'email' | 'sms',
  sender: { check?(): Promise<void> },
  seconds: number,
): Promise<SetupFinding | null> {
  if (sender.check === undefined) return null;
  try {
    await withTimeLimit(seconds, async () => sender.check?.());
    return null;
  } catch (error) {
    return unreachable(part, part === 'email' ? 'The email sender' : 'The SMS sender', error);
  }
}

function checkTls({ options }: FlowContext): readonly SetupFinding[] {
  if (options.secure) return [];
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(options.host);
  const level = isProduction() || !isLocal ? 'error' : 'warning';
  const message =
    'Cookies, passwords and codes travel unencrypted: serve the app over TLS and give an https `baseUrl`.';
  return [{ part: 'cookies', level, message }];
}

/** Findings that a visitor can cause are never errors, or a visitor could make a health endpoint take the app out of service. */
function checkProxies(
  { options }: FlowContext,
  app: CheckOptions['app'],
  { seesUnknownProxy }: SeenProxies,
): readonly SetupFinding[] {
  const trusted = app?.get('trust proxy');
  if (trusted === true) {
    const message =
      '`trust proxy` is `true`, so every visitor can claim any address and scheme: set it to the number of proxies or to their addresses.';
    return [{ part: 'cookies', level: 'error', message }];
  }
  if (trusted) return [];
  if (seesUnknownProxy) {
    const message =
      'X-Forwarded-For arrives, but `trust proxy` is not set. If a proxy sends it, every visitor has the address of the proxy and shares its limits, and over TLS no session cookie is sent: set it to the number of proxies.';
    return [{ part: 'cookies', level: 'warning', message }];
  }
  if (app === undefined || !options.secure) return [];
  const message =
    '`trust proxy` is not set. If a proxy terminates TLS, no session cookie is sent and every visitor has the address of the proxy: set it to the number of proxies.';
  return [{ part: 'cookies', level: 'warning', message }];
}

function checkOptions({ options }: FlowContext): readonly SetupFinding[] {
  return options.dangers.map((name) => ({
    part: 'options',
    level: 'warning',
    message: `\`${name}\` is in use: remove it as soon as you can.`,
  }));
}

/** Includes only the code of an error: its message may contain an address or a password. */
function unreachable(part: SetupFinding['part'], what: string, error: unknown): SetupFinding {
  const reason = typeof error === 'object' && error !== null ? Reflect.get(error, 'because') : undefined;
  const code: unknown = reason ?? (error instanceof MfaError ? error.code : undefined);
  const because = typeof code === 'string' ? ` (${code})` : '';
  return {
    part,
    level: 'error',
    message: `${what} cannot be reached${because}: check that it is running and that this process may connect to it.`,
  };
}
