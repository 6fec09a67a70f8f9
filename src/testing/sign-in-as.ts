import type { Assurance } from '../core/decision/assurance';
import type { Outbox, OutboxMessage } from '../delivery/outbox';
import { codeFor, codesIn } from './codes';
import { createPageClient, fieldsOf, type AnswerFields, type PageClient, type TestAgent } from './test-agent';
import type { TestClock } from './test-clock';

/** A person in the user table of a test. */
export interface TestPerson {
  readonly username: string;
  readonly password: string;
  /** The secret of their authenticator app in base32, if they have one. */
  readonly secret?: string | undefined;
}

export interface SignInAsOptions {
  /**
   * `multi-factor` proves a second factor even if the policy asks for none. `single-factor` throws if the policy requires one.
   * Default: as the policy requires.
   */
  readonly assurance?: Exclude<Assurance, 'none'> | undefined;
  /** The outbox that receives codes by email and text message. */
  readonly outbox?: Pick<Outbox, 'messages'> | undefined;
  /** The clock of `createMfa`. It is advanced by 30 seconds if the code of this time step was already used. */
  readonly clock?: Pick<TestClock, 'now' | 'advance'> | undefined;
  /** Signs in by your own route instead of `POST /mfa/login`. */
  readonly firstStep?: (() => PromiseLike<unknown>) | undefined;
  /** Default `/mfa`. */
  readonly pagesPath?: string | undefined;
  /** The field of the CSRF token, if your own middleware checks it. Default `_csrf`. */
  readonly csrfField?: string | undefined;
}

export interface SignedIn {
  /** The secret of the authenticator app that was set up or used; undefined if there was none. */
  readonly secret: string | undefined;
  /** The value for the header `x-csrf-token`. */
  readonly csrfToken: string;
}

/** Secrets of apps that were set up here, so that the same person can sign in again. */
const secrets = new WeakMap<TestPerson, string>();

const TIME_STEP_MS = 30_000;

/**
 * Signs a person in, in a test: the password, then the second factor with a real code, through the same routes as browsers. If
 * the person has to set up a method, sets up an authenticator app, and remembers its secret for the same `person` object. An
 * optional setup is skipped.
 *
 * @throws Error with the answer of the app if the person cannot be signed in.
 * @example
 * const agent = request.agent(app);
 * await signInAs(agent, { username: 'ada', password: 'secret' }, { assurance: 'multi-factor', outbox, clock });
 */
export async function signInAs(
  agent: TestAgent,
  person: TestPerson,
  options: SignInAsOptions = {},
): Promise<SignedIn> {
  const { assurance, outbox, firstStep, pagesPath = '/mfa', csrfField = '_csrf' } = options;
  const client = createPageClient(agent, { pagesPath, csrfField });
  const login: Login = { client, person, options, lastMessage: outbox?.messages.at(-1) };
  const { username, password } = person;
  const begun = firstStep === undefined ? await client.post('/login', { username, password }) : {};
  await firstStep?.();

  const { decision, signedIn } = await readState(client);
  const isOffered = decision['outcome'] === 'enroll' && signedIn === true;
  if (decision['outcome'] === 'challenge' && assurance !== 'single-factor') await answerChallenge(login);
  else if (isOffered && assurance !== 'multi-factor')
    expectOutcome(await client.post('/enroll/skip'), 'skipped');
  else if (decision['outcome'] === 'enroll' && assurance !== 'single-factor') await enrollApp(login);
  else if (decision['outcome'] !== 'allow')
    throw refusal('the first step was not enough to sign the person in', { begun, decision });
  else if (assurance === 'multi-factor') await raise(login);

  await resume(client);
  const reached = await readState(client);
  if (reached['signedIn'] !== true || reached.decision['outcome'] !== 'allow')
    throw refusal('the person is not signed in', reached);
  return { secret: secretOf(person), csrfToken: String(reached['csrfToken']) };
}

interface Login {
  readonly client: PageClient;
  readonly person: TestPerson;
  readonly options: SignInAsOptions;
  /** The last message before the step that may send a code. */
  readonly lastMessage: OutboxMessage | undefined;
}

const secretOf = (person: TestPerson) => person.secret ?? secrets.get(person);

async function readState(client: PageClient): Promise<AnswerFields & { readonly decision: AnswerFields }> {
  const state = await client.get('/state');
  return { ...state, decision: fieldsOf(state['decision']) };
}

async function answerChallenge(login: Login): Promise<void> {
  const { client } = login;
  const option = chooseOption(login, await client.get('/challenge'));
  // The first step has already sent a code, unless it asked for another method.
  if (option.kind === 'totp' || newMessages(login).length === 0) await choose(login, option);
  const answered = await submitCode(login, option, (code) => client.post('/challenge', { code }));
  expectOutcome(answered, 'signed-in', 'resume');
}

/** Lets the host finish the sign-in, if it has a `resumePath`. */
async function resume(client: PageClient): Promise<void> {
  const { signedIn } = await readState(client);
  if (signedIn === true) return;
  const { outcome, next } = await client.get('/challenge');
  if (outcome === 'resume' && typeof next === 'string') await client.visit(next);
}

/** Requests the code of a method. If there is a wait, advances the clock. */
async function choose({ client, options }: Login, { authenticatorId }: Option): Promise<void> {
  const send = () => client.post('/challenge/factor', { authenticatorId });
  const answered = await send();
  const { retryAfterSeconds } = answered;
  if (typeof retryAfterSeconds === 'number' && options.clock !== undefined) {
    options.clock.advance(retryAfterSeconds * 1000);
    expectOutcome(await send(), 'sent');
  } else {
    expectOutcome(answered, 'sent', 'challenge');
  }
}

/** Proves a second factor in a session for which the policy requires none. */
async function raise(login: Login): Promise<void> {
  const { client } = login;
  const shown = await client.get('/step-up');
  if (!Array.isArray(shown['anyOf']) || shown['anyOf'].length === 0) return enrollApp(login);
  const { kind, authenticatorId } = chooseOption(login, shown);
  const here = { ...login, lastMessage: login.options.outbox?.messages.at(-1) };
  await client.post('/step-up', { authenticatorId });
  const answer = (code: string) => client.post('/step-up', { authenticatorId, code });
  expectOutcome(await submitCode(here, { kind, authenticatorId }, answer), 'stepped-up');
}

async function enrollApp({ client, person, options }: Login): Promise<void> {
  let started = await client.post('/enroll/totp');
  if (started['outcome'] === 'challenge') {
    // Enter the password again, at a later time than the sign-in.
    options.clock?.advance(1);
    await client.post('/step-up', { password: person.password });
    started = await client.post('/enroll/totp');
  }
  expectOutcome(started, 'enrollment-started');
  const { secret } = fieldsOf(started['totp']);
  if (typeof secret !== 'string') throw refusal('no authenticator app can be set up', started);
  secrets.set(person, secret);
  const code = codeFor(secret, options.clock?.now());
  expectOutcome(await client.post('/enroll/totp/confirm', { code }), 'enrolled');
}

interface Option {
  readonly kind: string;
  readonly authenticatorId: string;
}

/** The first method for which the test can get a code. */
function chooseOption({ person, options }: Login, shown: AnswerFields): Option {
  const offered = (Array.isArray(shown['anyOf']) ? shown['anyOf'] : []) as readonly Option[];
  const hasCode = ({ kind }: Option) =>
    kind === 'totp'
      ? secretOf(person) !== undefined
      : ['email', 'sms'].includes(kind) && options.outbox !== undefined;
  const chosen = offered.find(hasCode);
  if (chosen === undefined)
    throw refusal('the test has no code for any method: pass `secret` with the person, or `outbox`', shown);
  return chosen;
}

async function submitCode(
  login: Login,
  { kind }: Option,
  submit: (code: string) => Promise<AnswerFields>,
): Promise<AnswerFields> {
  const { person, options } = login;
  if (kind !== 'totp') {
    const code = codesIn(newMessages(login)).at(-1);
    if (code === undefined) throw new Error('signInAs: no code was sent to `outbox`.');
    return submit(code);
  }
  const { clock } = options;
  const secret = secretOf(person) ?? '';
  const answered = await submit(codeFor(secret, clock?.now()));
  if (answered['because'] !== 'code-used') return answered;
  clock?.advance(TIME_STEP_MS);
  // Without a clock, use the next time step, which is accepted early (RFC 6238, section 5.2).
  return submit(codeFor(secret, clock?.now() ?? Date.now() + TIME_STEP_MS));
}

function newMessages({ options, lastMessage }: Login): readonly OutboxMessage[] {
  const messages = options.outbox?.messages ?? [];
  return lastMessage === undefined ? messages : messages.slice(messages.lastIndexOf(lastMessage) + 1);
}

function expectOutcome(answered: AnswerFields, ...expected: readonly string[]): void {
  if (!expected.includes(String(answered['outcome'])))
    throw refusal(`expected ${expected.join(' or ')}`, answered);
}

function refusal(sentence: string, answered: object): Error {
  return new Error(`signInAs: ${sentence}. The app answered ${JSON.stringify(answered)}.`);
}
