import { PASSWORD } from '../support/portal';
import type { Fleet, HttpAnswer } from './fleet';
import type { Act, Call, Recorder } from './history';
import type { Code, Person, ShownFactor } from './person';
import {
  isRejection,
  listFactors,
  readPassword,
  readProof,
  readSkip,
  readState,
  readVisit,
  toAnswer,
  type Read,
} from './read-answer';

export interface BrowserSetup {
  readonly name: string;
  readonly person: Person;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  /** Where the next request goes. */
  readonly pickProcess: () => number;
  /** Called before each request: lets time pass. */
  readonly tick: () => void;
}

/** Cookies, and the sign-in that they stand for. */
interface Held {
  readonly cookies: ReadonlyMap<string, string>;
  readonly token: string | null;
  readonly login: string | null;
}

interface Sent {
  readonly call: Call;
  readonly response: HttpAnswer | null;
}

export type Phase = 'out' | 'pending' | 'in';

/** A browser of one person, as a page script uses it. Each request goes to any of the processes. */
export function createBrowser({ name, person, fleet, recorder, pickProcess, tick }: BrowserSetup) {
  let held: Held = { cookies: new Map(), token: null, login: null };
  let left: Held | null = null;
  let phase: Phase = 'out';
  let logins = 0;
  let options: readonly ShownFactor[] = [];

  function restart(): void {
    held = { cookies: new Map(), token: null, login: null };
    phase = 'out';
  }

  /** Without `read`, any 200 is a yes. */
  async function send(
    act: Act,
    request: { readonly path: string; readonly body?: object; readonly as?: Held },
    read: Read = () => ({}),
  ): Promise<Sent> {
    tick();
    const as = request.as ?? held;
    const process = pickProcess();
    let response: HttpAnswer | null = null;
    const call = await recorder.record(
      { process, person: person.id, browser: name, login: as.login, act },
      async () => {
        const cookie = [...as.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
        response = await fleet.send(process, {
          method: request.body === undefined ? 'GET' : 'POST',
          path: request.path,
          headers: { cookie, ...(as.token === null ? {} : { 'x-csrf-token': as.token }) },
          ...(request.body === undefined ? {} : { body: request.body }),
        });
        const answer = toAnswer(response, read);
        // A factor may be taken, and the login be over all the same. Only a rejection says that nothing was.
        const isInDoubt = act.kind === 'proof' || act.kind === 'enroll';
        if (!isInDoubt || answer.verdict !== 'no' || isRejection(response)) return answer;
        return { ...answer, verdict: 'unknown' as const };
      },
    );
    return { call, response };
  }

  /** Takes over the cookies of an answer, as the browser that got it does. */
  function keep(response: HttpAnswer | null, { login }: Pick<Held, 'login'>): void {
    if (response === null) return;
    const cookies = new Map(held.cookies);
    for (const cookie of response.cookies) {
      const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(key);
      else cookies.set(key, value);
    }
    const { csrfToken } = response.body;
    held = { cookies, login, token: typeof csrfToken === 'string' ? csrfToken : null };
  }

  /** Asks where the browser stands: a token for the next form, and the person's factors. */
  async function look(): Promise<Call> {
    const { call, response } = await send({ kind: 'inspect' }, { path: '/mfa/state' }, readState);
    keep(response, held);
    if (call.answer.verdict === 'yes') options = [...listFactors(response)];
    return call;
  }

  async function post(act: Act, path: string, body: object, read?: Read): Promise<Sent> {
    if (held.token === null) await look();
    const sent = await send(act, { path, body }, read);
    if (sent.call.answer.verdict === 'unknown') restart();
    else keep(sent.response, held);
    return sent;
  }

  /** Sends one answer, or the same one twice at once, to two processes. */
  async function prove(
    act: Act & { readonly kind: 'proof' },
    { path, body, twice }: { readonly path: string; readonly body: object; readonly twice: boolean },
  ): Promise<Call> {
    if (held.token === null) await look();
    const before = held;
    const each = () => send(act, { path, body, as: before }, readProof);
    const sent = await Promise.all(twice ? [each(), each()] : [each()]);
    const best = sent.find(({ call }) => call.answer.verdict === 'yes') ?? sent[0];
    if (best === undefined) throw new Error('Nothing was sent.');
    if (best.call.answer.verdict === 'yes') phase = 'in';
    if (sent.every(({ call }) => call.answer.verdict === 'unknown')) restart();
    else keep(best.response, before);
    return best.call;
  }

  return {
    name,
    person,
    restart,
    look,
    get phase() {
      return phase;
    },
    /** The factors that the app listed last. */
    get options() {
      return options;
    },

    async logIn(): Promise<HttpAnswer['body']> {
      if (held.token === null) await look();
      held = { ...held, login: `${name}-s${(logins += 1)}` };
      const body = { username: person.id, password: PASSWORD };
      const sent = await post({ kind: 'password' }, '/mfa/login', body, readPassword);
      const outcome = sent.response?.body['outcome'];
      if (sent.call.answer.verdict !== 'yes') restart();
      // Enrollment that can be put off is offered in a session.
      else if (outcome === 'signed-in' || sent.response?.body['skippable'] === true) phase = 'in';
      else phase = 'pending';
      return sent.response?.body ?? {};
    },

    choose: (factor: string) =>
      post({ kind: 'other', what: 'choose' }, '/mfa/challenge/factor', { authenticatorId: factor }),
    resend: () => post({ kind: 'other', what: 'resend' }, '/mfa/challenge/resend', {}),

    answer: (
      code: Code,
      proven: {
        readonly group: 'codes' | 'recovery-codes';
        readonly twice?: boolean;
        readonly final?: { readonly factor: string };
      },
    ) =>
      prove(
        {
          kind: 'proof',
          purpose: 'login',
          group: proven.group,
          proof: code.proof,
          ...(proven.final === undefined ? {} : { final: proven.final }),
        },
        { path: '/mfa/challenge', body: { code: code.text }, twice: proven.twice ?? false },
      ),

    askStepUp: (authenticatorId: string) =>
      post({ kind: 'other', what: 'ask step-up' }, '/mfa/step-up', { authenticatorId }),
    stepUp: (factor: ShownFactor, code: Code, twice: boolean) =>
      prove(
        { kind: 'proof', purpose: 'step-up', group: 'codes', proof: code.proof },
        { path: '/mfa/step-up', body: { authenticatorId: factor.id, code: code.text }, twice },
      ),
    stepUpByPassword: () =>
      post({ kind: 'other', what: 'password again' }, '/mfa/step-up', { password: PASSWORD }),

    beginEnrollment: (kind: 'totp' | 'email', factor: string) =>
      post(
        { kind: 'other', what: `begin ${kind}` },
        `/mfa/enroll/${kind}`,
        kind === 'email' ? { email: person.addressOf(factor) } : {},
      ),
    async confirmEnrollment(kind: string, factor: string, sent: Code & { readonly endsOthers: boolean }) {
      const { endsOthers, proof, text } = sent;
      const confirmed = await post(
        { kind: 'enroll', factor, proof, endsOthers },
        `/mfa/enroll/${kind}/confirm`,
        { code: text, label: factor, endOthers: endsOthers },
      );
      if (confirmed.call.answer.verdict === 'yes') phase = 'in';
      return confirmed;
    },
    remove: ({ id, label }: ShownFactor, endsOthers: boolean) =>
      post(
        { kind: 'remove', factor: label, endsOthers },
        `/mfa/settings/authenticators/${encodeURIComponent(id)}/remove`,
        { endOthers: endsOthers },
      ),
    skip: () => post({ kind: 'skip' }, '/mfa/enroll/skip', {}, readSkip),
    endOthers: () => post({ kind: 'end-others' }, '/mfa/sessions/end-others', {}),

    async visit(): Promise<void> {
      const { response } = await send({ kind: 'visit' }, { path: '/' }, readVisit);
      if (response !== null) keep(response, held);
      if (response?.status === 401 && phase === 'in') phase = 'out';
    },
    /** Signs out and keeps the cookies, as somebody does who copied them. */
    async signOut(): Promise<void> {
      const before = held;
      await post({ kind: 'sign-out' }, '/mfa/logout', {});
      left = before;
      restart();
    },
    /** A guarded route, with the cookies of a session that was left. */
    async visitWithOldCookies(): Promise<void> {
      if (left !== null) await send({ kind: 'visit' }, { path: '/', as: left }, readVisit);
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;
