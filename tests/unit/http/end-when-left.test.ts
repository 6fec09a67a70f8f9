import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { HttpContext } from '../../../src/http/kernel/http-context';
import { endWhenLeft } from '../../../src/http/session/end-when-left';
import { formatSessionData } from '../../../src/http/session/session-data-text';
import { NOW, aSession } from '../../contract/samples';
import { createClock } from '../../support/clock';
import { memoryStores } from '../../support/records';

interface Visit {
  sessionID: string;
  user?: unknown;
  session?: object | undefined;
}

const claimsOf = (handle: string) =>
  formatSessionData({
    session: {
      userId: 'ada',
      handle,
      grantedIn: 'session1',
      userEpoch: 'epoch',
      organizationEpochs: [['acme', 'epoch']],
      startedAt: NOW,
      seenAt: NOW,
      evidence: [],
      skipped: false,
    },
  });

/** With Passport the session says who is signed in; a host with its own sign-in sets `req.user` alone. */
const BY_PASSPORT = { passport: { user: 'ada' } };

interface World {
  readonly signedIn: object;
  readonly user?: object;
  /** What the store does when it is asked to end a session. */
  readonly endSession?: () => Promise<boolean>;
}

/** What the host did in a request, and what our stores hold afterwards. */
async function respond({ signedIn, user, endSession }: World, act: (req: Visit) => void) {
  const stores = memoryStores();
  const { records } = stores;
  const state = endSession === undefined ? stores.state : { ...stores.state, endSession };
  const known = { account: { id: 'ada' } };
  const asked: string[] = [];
  const find = async (id: string) => {
    asked.push(id);
    return known;
  };
  const directory = { accountOf: () => known.account, find };
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => errors.push(error) };
  const context = { records, state, clock: createClock(), directory, options } as unknown as HttpContext;
  await state.registerSession('ada', aSession({ handle: HANDLE }), { now: NOW });
  const req: Visit = { sessionID: 'session1', user, session: signedIn };
  const res = new EventEmitter();
  endWhenLeft(context, req as unknown as Request, res as unknown as Response);
  act(req);
  res.emit('close');
  await nextTurn();
  const { sessionsEndedAt } = await records.findMember('ada', 'acme');
  return { errors, asked, sessionsEndedAt, listed: await state.listSessions('ada') };
}

const HANDLE = 'handle';

/** What is left of the session of a person after the host did something in a request. */
async function leftAfter(signedIn: object, act: (req: Visit) => void) {
  const world = { signedIn: { mfa: claimsOf(HANDLE), ...signedIn }, user: { id: 'ada' } };
  const { errors, listed } = await respond(world, act);
  expect(errors).toEqual([]);
  return listed;
}

describe('after the response, a session', () => {
  it.each([
    ['with Passport', BY_PASSPORT],
    ['without', {}],
  ])('stays listed where the same person is still signed in: %s', async (_with, signedIn) => {
    expect(await leftAfter(signedIn, () => undefined)).toHaveLength(1);
  });

  it.each<[string, object, (req: Visit) => void]>([
    ['nobody is signed in any more', {}, (req) => delete req.user],
    ['the user is null', {}, (req) => (req.user = null)],
    ['it was destroyed', {}, (req) => delete req.session],
    ['it has a new id and says of nobody that they are signed in', {}, (req) => (req.sessionID = 'session2')],
    [
      'it is another person’s',
      BY_PASSPORT,
      (req) => Object.assign(req.session ?? {}, { passport: { user: 'mary' } }),
    ],
    [
      'it carries other claims',
      BY_PASSPORT,
      (req) => Object.assign(req.session ?? {}, { mfa: claimsOf('b') }),
    ],
  ])('is no longer listed where %s', async (_what, signedIn, act) => {
    expect(await leftAfter(signedIn, act)).toEqual([]);
  });
});

describe('after the response, a session without our claims', () => {
  it.each(['ada', 7])('ends what came before for the user whose id is stored as %j', async (user) => {
    const { asked, sessionsEndedAt } = await respond({ signedIn: { passport: { user } } }, (req) => {
      delete req.session;
    });
    expect(asked).toEqual([String(user)]);
    expect(sessionsEndedAt).toBe(createClock().now());
  });

  it('ends what came before for the user of the request, where the session says nothing', async () => {
    const { asked, sessionsEndedAt } = await respond({ signedIn: {}, user: { id: 'ada' } }, (req) => {
      delete req.session;
    });
    expect(asked).toEqual([]);
    expect(sessionsEndedAt).toBe(createClock().now());
  });

  it('ends nothing where what is stored is no id', async () => {
    const { asked, sessionsEndedAt } = await respond({ signedIn: { passport: { user: {} } } }, (req) => {
      delete req.session;
    });
    expect(asked).toEqual([]);
    expect(sessionsEndedAt).toBeNull();
  });
});

it('reports a store that fails to end the session', async () => {
  const gone = new Error('The state store is gone.');
  const world = { signedIn: { mfa: claimsOf(HANDLE) }, user: {}, endSession: () => Promise.reject(gone) };
  const { errors } = await respond(world, (req) => delete req.user);
  expect(errors).toEqual([gone]);
});
