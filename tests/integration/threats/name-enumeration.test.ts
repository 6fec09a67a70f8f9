import { usernameKey } from '../../../src/core/address/network-address';
import { shapeOfAnswer } from '../../support/answer-shape';
import type { HttpAgent } from '../../support/http-agent';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, type Portal, type PortalUser } from '../../support/portal';
import { openTracedStores, type TracedStores } from '../../support/store-trace';

// The attack: somebody who knows no password tries names, and compares how the answers look and how long they take, to
// learn who has an account, a second factor, or a lock. What takes time is asked of Redis or of the host: where both are asked
// the same, in the same order, the package takes the same.

let stores: TracedStores;
let portal: Portal;
/** What the package asked of the host. */
let asked: string[] = [];

/**
 * Walter has no factor, Amanda has one, Louise is locked and Edward exempt. All names have one length, so that an answer which
 * repeats the name has one length too.
 */
const FIELDS: Readonly<Record<string, Partial<PortalUser>>> = {
  walter: {},
  amanda: {},
  louise: {},
  edward: {},
  damian: { active: false },
  lorena: { mfaEnrolled: true },
  gloria: { organizationId: 'globex' },
};
const KNOWN = Object.keys(FIELDS);

async function lock(userId: string): Promise<void> {
  await portal.records.establishUserEpoch(userId, 'signed in before');
  const limits = { perChallenge: 9, perUser: 1, perAuthenticator: 9, lockSeconds: 86_400 };
  const guess = {
    userId,
    group: 'codes',
    rank: 3,
    authenticatorId: null,
    limits,
    now: portal.clock.now(),
  } as const;
  while ((await portal.records.spendGuess(guess)).outcome !== 'locked');
}

beforeAll(async () => {
  stores = await openTracedStores();
});

beforeEach(async () => {
  await stores.clear();
  portal = createPortal({
    limits: { lockSeconds: 86_400 },
    records: stores.records,
    state: stores.state,
    account() {
      asked.push('who somebody is');
      return {};
    },
    async verify(username, password) {
      asked.push('a password');
      const user = [...portal.users.values()].find((one) => one.username === username);
      return user?.password === password ? user : false;
    },
  });
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  for (const id of KNOWN) addPerson(portal, { id, username: id, ...FIELDS[id] });
  for (const id of ['amanda', 'louise']) await plantApp(portal, id);
  await lock('louise');
  // Gloria signed in before, somewhere else.
  await portal.state.noteNetwork(usernameKey('gloria'), 'somewhere', portal.clock.now());
  await portal.mfa.members.exempt(
    { userId: 'edward', organizationId: 'acme', actorId: 'ada' },
    { reason: 'Nightly import', until: portal.clock.now() + 86_400_000 },
  );
});

afterEach(() => portal.mfa.settled());

afterAll(() => stores.stop());

type Entrance = (guest: HttpAgent, username: string, password: string) => ReturnType<HttpAgent['get']>;

const ENTRANCES: Readonly<Record<string, Entrance>> = {
  'the page': (guest, username, password) => guest.post('/mfa/login', { username, password }),
  'the page as JSON': (guest, username, password) => guest.postJson('/mfa/login', { username, password }),
  'the form of the host': (guest, username, password) => guest.post('/login', { username, password }),
  'a program': (guest, username, password) =>
    guest.getJson('/api', {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    }),
};

/** All that can be told of one try: the answer, and what was asked of Redis and of the host. */
async function watch(enter: Entrance, username: string) {
  const guest = visit(portal);
  await guest.csrfToken();
  // The same refusal is stored once a minute.
  portal.clock.advance(60_000);
  await portal.mfa.settled();
  asked = [];
  let answer;
  const trace = await stores.trace(async () => {
    answer = shapeOfAnswer(await enter(guest, username, 'guessed'), username);
    await portal.mfa.settled();
  });
  return { answer, trace, asked };
}

describe('the right password', () => {
  it('tells them apart, so that there is something to learn', async () => {
    const told = async (username: string) => (await visit(portal).logIn(username)).body.because;
    expect(await Promise.all(KNOWN.map(told))).toEqual([
      'required',
      'assurance-too-low',
      'locked',
      'exempt',
      'session-ended',
      'records-unavailable',
      'policy-off',
    ]);
  });
});

describe.each(Object.entries(ENTRANCES))('a wrong password at %s', (_name, enter) => {
  // The first use of a script carries its text.
  beforeEach(() => watch(enter, 'warmup'));

  it('is answered in the same words after the same work, whosever name it is', async () => {
    const ofNobody = await watch(enter, 'nobody');
    expect(ofNobody.asked).toEqual(['a password']);
    expect(ofNobody.trace.commands.length).toBeGreaterThan(1);
    for (const username of KNOWN)
      expect([username, await watch(enter, username)]).toEqual([username, ofNobody]);
  });

  it('is refused after as many tries, in the same words after the same work', async () => {
    const refusalOf = async (username: string) => {
      const tries = [await watch(enter, username)];
      while (tries.length < 20 && tries.at(-1)?.asked.length !== 0) tries.push(await watch(enter, username));
      return tries;
    };
    const ofNobody = await refusalOf('nobody');
    expect(ofNobody).toHaveLength(11);
    expect(ofNobody.at(-1)?.asked).toEqual([]);
    for (const username of KNOWN) expect([username, await refusalOf(username)]).toEqual([username, ofNobody]);
  });
});
