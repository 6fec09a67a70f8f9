import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { HttpContext } from '../../../src/http/kernel/http-context';
import { endWhenLeft } from '../../../src/http/session/end-when-left';
import { formatSessionData } from '../../../src/http/session/session-data-text';
import { NOW, aSession } from '../../contract/samples';
import { createClock } from '../../support/clock';
import { memoryRecords, memoryStores } from '../../support/records';

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

/** What is left of the session of a person after the host did something in a request. */
async function leftAfter(signedIn: object, act: (req: Visit) => void) {
  const { records, state } = memoryStores();
  const known = { account: { id: 'ada' } };
  const directory = { accountOf: () => known.account, find: async () => known };
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => errors.push(error) };
  const context = { records, state, clock: createClock(), directory, options } as unknown as HttpContext;
  const entry = aSession();
  await state.registerSession('ada', entry, { now: NOW });
  const req: Visit = {
    sessionID: 'session1',
    user: { id: 'ada' },
    session: { mfa: claimsOf(entry.handle), ...signedIn },
  };
  const res = new EventEmitter();
  endWhenLeft(context, req as unknown as Request, res as unknown as Response);
  act(req);
  res.emit('close');
  await nextTurn();
  expect(errors).toEqual([]);
  return state.listSessions('ada');
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

it.each<[string, Pick<Visit, 'user' | 'session'>]>([
  ['the id in the session', { session: { ...BY_PASSPORT } }],
  ['the user of the request, whose session is gone', { user: { id: 'ada' }, session: {} }],
])('ends the sessions of a person who leaves one without claims, found by %s', async (_by, visit) => {
  const [records, clock] = [memoryRecords(), createClock()];
  const known = { account: { id: 'ada' } };
  const directory = { accountOf: () => known.account, find: async () => known };
  const context = { records, clock, directory, options: {} } as unknown as HttpContext;
  const req: Visit = { sessionID: 'session1', ...visit };
  const res = new EventEmitter();
  endWhenLeft(context, req as unknown as Request, res as unknown as Response);
  delete req.session;
  res.emit('close');
  await nextTurn();
  expect(await records.findMember('ada', 'acme')).toMatchObject({ sessionsEndedAt: clock.now() });
});
