import { parseSessionData, type MfaSessionData } from '../../../../src/http/session/session-data-text';
import { ADDED_LATER } from '../../../support/crawled-app';
import type { RawAnswer } from '../../../support/raw-request';
import { doorOf, isSafe, type Answer, type Method } from './doors';
import type { Visit } from './entrances';

/** One request of the crawl, with everything that came of it. */
export interface Observed {
  readonly method: Method;
  readonly accept: 'html' | 'json';
  readonly withToken: boolean;
  readonly path: string;
  readonly visit: Visit;
  readonly answer: RawAnswer;
  /** Verbs of the stores. */
  readonly writes: readonly string[];
  /** Messages. */
  readonly sent: number;
  /** The visitor's session as text, and the one that the answer gave a cookie for. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly given: string | undefined;
}

/** What is wrong with an answer, in words. */
export function faultsOf(expected: Answer, observed: Observed): readonly string[] {
  const { status } = observed.answer;
  if (status >= 500) return [`broke with ${status}`];
  if (expected === 'reach') return [...reachFaults(observed), ...lookFaults(observed)];
  return [...answerFaults(expected, observed), ...effectFaults(observed), ...leakFaults(observed)];
}

/** Reasons that a route has of its own, when it was reached. */
const OWN_REASONS: ReadonlySet<unknown> = new Set([
  'unlock-link-over',
  'challenge-expired',
  'wizard-over',
  'codes-not-shown',
  'last-factor',
  'no-factor',
  'no-authenticator',
  'not-waiting',
  'reminded-today',
  'not-found',
  'not-waiting',
]);

function reachFaults({ answer, accept, method, path }: Observed): readonly string[] {
  const { status, text } = answer;
  if (status < 400) return [];
  const isFault = status === 401 || status === 403 || status === 429;
  if (method === 'HEAD' || accept === 'html' || path.startsWith('/signup'))
    return isFault ? [`answered ${status}`] : [];
  return OWN_REASONS.has(bodyOf(text)['because']) ? [] : [`answered ${status} ${text}`];
}

/** What the administrators' overview works out for itself as it is looked at. */
const WORKED_OUT = ['write adoption', 'write jobs', 'enqueue', 'removeQueued'];

/** Only looking changes nothing. */
function lookFaults({ method, writes, sent }: Observed): readonly string[] {
  if (!isSafe(method)) return [];
  const faults = writes.filter((verb) => !WORKED_OUT.includes(verb)).map((verb) => `wrote ${verb}`);
  return sent === 0 ? faults : [...faults, `sent ${sent} messages`];
}

function answerFaults(expected: Answer, observed: Observed): readonly string[] {
  const { method, accept, answer } = observed;
  const { status } = answer;
  if (expected === 'options') return status === 200 ? [] : [`answered ${status}`];
  if (expected === 'lead-on') return leadFaults(observed);
  if (method === 'HEAD' && accept === 'json')
    return expected.startsWith(`${status} `) ? [] : [`answered ${status}`];
  return accept === 'json' ? jsonFaults(expected, answer) : pageFaults(expected, observed);
}

function leadFaults({ accept, method, answer }: Observed): readonly string[] {
  const { status, text, headers } = answer;
  if (accept === 'html') {
    const location = headers.location ?? '';
    return status === 303 && ['/', '/mfa/enroll'].includes(location)
      ? []
      : [`answered ${status} ${location}`];
  }
  if (method === 'HEAD') return status === 200 ? [] : [`answered ${status}`];
  const { outcome } = bodyOf(text);
  return status === 200 && (outcome === 'allow' || outcome === 'enroll')
    ? []
    : [`answered ${status} ${text}`];
}

/** Exactly the fields of the contract, so that nothing else can come along. */
function jsonFaults(expected: string, { status, text }: RawAnswer): readonly string[] {
  const { outcome, because, ...more } = bodyOf(text);
  const said = `${status} ${String(outcome)} ${String(because)}`;
  if (said !== expected) return [`answered ${said}`];
  const isStep = outcome === 'rejected' || outcome === 'failed';
  const allowed = isStep ? ['message', 'next', 'attemptsLeft', 'retryAfterSeconds'] : ['next'];
  const extra = Object.keys(more).filter((field) => !allowed.includes(field));
  const next = wayOn(expected);
  const leads = next === null || String(more['next']).split('?')[0] === next;
  return [...extra.map((field) => `said ${field}`), ...(leads ? [] : [`led to ${String(more['next'])}`])];
}

function wayOn(expected: string): string | null {
  const [, outcome = '', because] = expected.split(' ');
  if (because === 'authentication-too-old') return '/mfa/step-up';
  const ways: Readonly<Record<string, string>> = {
    'sign-in': '/mfa/login',
    challenge: '/mfa/challenge',
    enroll: '/mfa/enroll',
    deny: '/mfa/challenge',
  };
  return ways[outcome] ?? null;
}

/** A page is led on to where it can go; what cannot be taken along is refused with the status. */
function pageFaults(expected: string, observed: Observed): readonly string[] {
  const { method, path, answer } = observed;
  if (leadsToItsForm(observed)) return [];
  const { status, headers } = answer;
  const [wanted, outcome] = expected.split(' ');
  const location = headers.location?.split('?')[0];
  const canLead = outcome === 'sign-in' || outcome === 'challenge' || outcome === 'enroll';
  // What was asked in the settings waits for the proof, so that its form is led on, too.
  const door = doorOf(method, path);
  const asksProof = method === 'POST' && outcome === 'challenge';
  const waits = asksProof && door === 'change';
  // So does what an administrator asked, but not the forms of people who may not even look, nor those about many members.
  const mayWait = asksProof && door === 'admin-change' && status === 303;
  if (mayWait) return location === '/mfa/step-up' ? [] : [`led to ${location ?? ''}`];
  const isPage = method === 'GET' || method === 'HEAD';
  const led = canLead && (isPage || waits);
  if (led)
    return status === 303 && location === wayOn(expected) ? [] : [`answered ${status} ${location ?? ''}`];
  // The page of a locked challenge is the page that says so.
  const isLocked = expected === '429 rejected locked' && status === 403;
  return `${status}` === wanted || isLocked ? [] : [`answered ${status} ${location ?? ''}`];
}

/** An address that only takes a form leads to the page of that form, whoever asks. It is above it in the path. */
function leadsToItsForm({ method, path, answer }: Observed): boolean {
  if (method !== 'GET' || answer.status !== 303) return false;
  const asked = path.split('/');
  const [shown = ''] = (answer.headers.location ?? '').split('?');
  const words = shown.split('/');
  const isAbove = words.every(
    (word, index) => asked[index] === word || asked[index]?.startsWith(':') === true,
  );
  return words.length < asked.length && isAbove;
}

/** An attempt is counted before it is looked at; half a login that tries to bind a factor is over. */
const COUNTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['challenge', ['spendAttempt', 'write member']],
  ['confirm', ['spendAttempt', 'endPendingLogin']],
]);

function effectFaults({
  method,
  withToken,
  path,
  writes,
  sent,
  before,
  after,
  given,
}: Observed): readonly string[] {
  const counted = isSafe(method) || !withToken ? [] : (COUNTED.get(doorOf(method, path)) ?? []);
  const faults = writes.filter((verb) => !counted.includes(verb)).map((verb) => `wrote ${verb}`);
  if (sent > 0) faults.push(`sent ${sent} messages`);
  if (after !== undefined && identityIn(after) !== identityIn(before))
    faults.push('changed who the session is');
  if (given !== undefined && identityIn(given) !== identityIn(undefined)) faults.push('gave a session');
  return faults;
}

/** Whom Passport sees, and what the library knows of the login or the session. */
function identityIn(session: string | undefined): string {
  if (session === undefined) return identityIn('{}');
  const { passport, mfa } = JSON.parse(session) as { readonly passport?: unknown; readonly mfa?: string };
  const sessionData: MfaSessionData = mfa === undefined ? {} : parseSessionData(mfa);
  return JSON.stringify([
    passport,
    sessionData.login,
    sessionData.session,
    sessionData.enrolled,
    sessionData.unseenCodes,
  ]);
}

/** Of other members, of the portal and of its pages. */
const PRIVATE = [
  'alan@acme.example',
  'Alan Turing',
  'mary@acme.example',
  '+12025550143',
  'Hello, ',
  'The next payout',
  ADDED_LATER,
];

function leakFaults({ answer, visit }: Observed): readonly string[] {
  const told = `${JSON.stringify(answer.headers)} ${answer.text}`;
  return [...PRIVATE, ...visit.secrets].filter((text) => told.includes(text)).map((text) => `told ${text}`);
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return { outcome: 'no JSON' };
  }
}
