import type { PolicyChange } from 'express-mfa';
import type { CrawledApp } from '../../../support/crawled-app';
import { DEMO_PASSWORD } from '../../../support/example-app';
import { holdVisit } from '../../../support/held-visit';
import type { HttpAgent } from '../../../support/http-agent';
import { plantApp } from '../../../support/planted';
import { totpCode, wrongCodes } from '../../../support/totp';

// How somebody comes into each state, by requests that anybody could send. It is always Ada, who administers two
// organizations: nobody in the demo has more to lose. Only the federated account is another.

/** What the visitor holds, and what the requests of the crawl are made of: each would be accepted from the right person. */
export interface Visit {
  readonly cookie: string;
  readonly token: string;
  /** What stands for the parameters of paths. */
  readonly values: Readonly<Record<string, string>>;
  /** The right code at this moment. */
  readonly code: string;
  /** Of the person's own, and nowhere to be seen without a proof. */
  readonly secrets: readonly string[];
}

export type Enter = (app: CrawledApp) => Promise<Visit>;

const ADA = { userId: 'ada', organizationId: 'acme' };
const EMAIL = 'ada@acme.example';
const MINUTE = 60_000;
const DAY = 86_400_000;

interface Person {
  readonly app: CrawledApp;
  readonly secret: string | null;
  readonly authenticatorId: string | null;
  /** The code of a time step that was not used yet. */
  nextCode(): string;
}

/** Ada as she stands before her login, whatever an earlier visit has done to her and to the policy. */
async function prepare(
  app: CrawledApp,
  { policy = {}, enrolled }: { readonly policy?: PolicyChange; readonly enrolled: boolean },
): Promise<Person> {
  const { mfa, records, clock } = app;
  await records.removeAllAuthenticators(ADA.userId);
  await mfa.policies.save('acme', {
    enabled: true,
    enrollment: 'required',
    methods: ['totp', 'sms', 'email'],
    graceUntil: null,
    skips: null,
    rememberBrowserSeconds: 0,
    ...policy,
  });
  await mfa.members.save(ADA, { enabled: false });
  await mfa.members.endExemption(ADA);
  const planted = enrolled ? await plantApp(app, ADA.userId) : null;
  const secret = planted?.secret ?? null;
  return {
    app,
    secret,
    authenticatorId: planted?.id ?? null,
    nextCode() {
      clock.advance(MINUTE);
      return secret === null ? '123456' : totpCode(secret, clock.now());
    },
  };
}

async function logIn(identity: HttpAgent, outcome: string, username = EMAIL): Promise<void> {
  const { body } = await identity.postJson('/mfa/login', { username, password: DEMO_PASSWORD });
  if (body.outcome !== outcome) throw new Error(`The login answered ${JSON.stringify(body)}.`);
}

async function answer(identity: HttpAgent, path: string, fields: object, outcome: string): Promise<void> {
  const { body } = await identity.postJson(path, fields);
  if (body.outcome !== outcome) throw new Error(`${path} answered ${JSON.stringify(body)}.`);
}

async function prove(person: Person, identity: HttpAgent, fields: object = {}): Promise<void> {
  await logIn(identity, 'challenge');
  await answer(identity, '/mfa/challenge', { code: person.nextCode(), ...fields }, 'signed-in');
}

/** A second session of the person, which the visitor may want to end. One is enough for every visit. */
async function inAnotherBrowser(app: CrawledApp, signIn: (other: HttpAgent) => Promise<void>): Promise<void> {
  const others = await app.mfa.sessionsOf(ADA.userId).list();
  if (others.length === 0) await signIn(app.visit());
}

/** What is there of the person to be stolen or ended, with the visitor's cookie and token. */
async function hold(person: Person, identity: HttpAgent): Promise<Visit> {
  const { app, secret, authenticatorId } = person;
  const held = await holdVisit(identity);
  await app.mfa.settled();
  const code = person.nextCode();
  const other = (await app.mfa.sessionsOf(ADA.userId).list()).at(-1);
  const [browser] = await app.records.listBrowsers(ADA.userId, app.clock.now());
  return {
    ...held,
    code,
    values: {
      'assets/*': 'express-mfa.css',
      'authenticators/:id': authenticatorId ?? 'none',
      'sessions/:id': other?.handle ?? 'none',
      'remembered-browsers/:id': browser?.id ?? 'none',
      'mfa/:organizationId': 'acme',
      'bulk/:act': 'remind',
      'members/:userId': 'mary',
    },
    secrets: [secret, other?.handle, browser?.id].filter((kept) => kept !== undefined && kept !== null),
  };
}

/** Ten wrong codes in two logins. */
async function lock(person: Person): Promise<void> {
  const { app, secret } = person;
  const wrong = wrongCodes(secret ?? '', app.clock.now(), 5);
  for (let logins = 0; logins < 2; logins += 1) {
    const thief = app.visit();
    await logIn(thief, 'challenge');
    for (const code of wrong) await answer(thief, '/mfa/challenge', { code }, 'rejected');
  }
}

/** A date alone: every visit of the crawl would use up one skip. */
const GRACE = (now: number): PolicyChange => ({ graceUntil: now + 30 * DAY });

/** Every proof gets older than the limits of the payouts and of changes; the session was seen a moment ago. */
async function age({ clock }: CrawledApp, identity: HttpAgent): Promise<void> {
  clock.advance(11 * MINUTE);
  await identity.getJson('/');
}

export const asStranger: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  return hold(person, app.visit());
};

export const beforeTheSecondFactor: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await logIn(identity, 'challenge');
  return hold(person, identity);
};

export const beforeEnrollment: Enter = async (app) => {
  const person = await prepare(app, { enrolled: false });
  const identity = app.visit();
  await logIn(identity, 'enroll');
  return hold(person, identity);
};

export const inGrace: Enter = async (app) => {
  const person = await prepare(app, { enrolled: false, policy: GRACE(app.clock.now()) });
  await inAnotherBrowser(app, (other) => logIn(other, 'enroll'));
  const identity = app.visit();
  await logIn(identity, 'enroll');
  return hold(person, identity);
};

export const afterASkip: Enter = async (app) => {
  const person = await prepare(app, { enrolled: false, policy: GRACE(app.clock.now()) });
  await inAnotherBrowser(app, (other) => logIn(other, 'enroll'));
  const identity = app.visit();
  await logIn(identity, 'enroll');
  await answer(identity, '/mfa/enroll/skip', {}, 'skipped');
  await age(app, identity);
  return hold(person, identity);
};

export const asExempt: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  const until = app.clock.now() + 30 * DAY;
  await app.mfa.members.exempt({ ...ADA, actorId: 'mary' }, { reason: 'The phone is on its way', until });
  await inAnotherBrowser(app, (other) => logIn(other, 'signed-in'));
  const identity = app.visit();
  await logIn(identity, 'signed-in');
  return hold(person, identity);
};

export const inARememberedBrowser: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true, policy: { rememberBrowserSeconds: 86_400 } });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await prove(person, identity, { rememberBrowser: true });
  await answer(identity, '/mfa/logout', {}, 'signed-out');
  await logIn(identity, 'signed-in');
  return hold(person, identity);
};

export const withAFreshProof: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await prove(person, identity);
  return hold(person, identity);
};

async function agedSession(
  app: CrawledApp,
): Promise<{ readonly person: Person; readonly identity: HttpAgent }> {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await prove(person, identity);
  await age(app, identity);
  return { person, identity };
}

export const withAStaleProof: Enter = async (app) => {
  const { person, identity } = await agedSession(app);
  return hold(person, identity);
};

export const afterTheSessionEnded: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  const identity = app.visit();
  await prove(person, identity);
  const visit = await hold(person, identity);
  await app.mfa.sessionsOf(ADA.userId).endAll();
  return visit;
};

export const lockedInALogin: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await logIn(identity, 'challenge');
  await lock(person);
  return hold(person, identity);
};

export const lockedInASession: Enter = async (app) => {
  const { person, identity } = await agedSession(app);
  await lock(person);
  return hold(person, identity);
};

export const asFederated: Enter = async (app) => {
  const person = await prepare(app, { enrolled: true });
  await inAnotherBrowser(app, (other) => prove(person, other));
  const identity = app.visit();
  await identity.post('/sso');
  await identity.get('/');
  return hold(person, identity);
};
