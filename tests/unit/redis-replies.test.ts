import { redisRecords } from '../support/records';
import { Redis } from 'ioredis';
import { redisState } from '../../src/redis';
import { aPassword, PASSWORD_LIMITS } from '../../src/testing/state-contract/password-attempts';
import { redisCommands } from '../../src/stores/redis/command-batch';
import { isInstant, parseObject, toHash, toTexts, toWholeNumber } from '../../src/stores/redis/replies';

// What no Redis answers today: a client that changes replies, or a proxy, is told from records that say something.

const refused = expect.objectContaining({ code: 'records-unreadable' });

/** Both stores on a client that answers everything in one way. */
function storesThatHear(reply: unknown) {
  const redis = Object.assign(new Redis({ lazyConnect: true }), { call: async () => reply });
  return { records: redisRecords(redis), state: redisState(redis) };
}

type Stores = ReturnType<typeof storesThatHear>;

const at = 1_795_707_648_775;

const LISTS: Readonly<Record<string, (stores: Stores) => Promise<unknown>>> = {
  'events are listed': ({ records }) => records.listEvents({ organizationId: 'acme', limit: 5 }),
  'a policy is read': ({ records }) => records.findPolicy('acme'),
  'a member is read': ({ records }) => records.findMember('ada', 'acme'),
  'due work is taken': ({ records }) => records.takeDue('notices', { now: at, limit: 5, untilAt: at }),
  'an index is listed': ({ records }) =>
    records.listIndex({ organizationId: 'acme', index: 'configured', limit: 5 }),
  'a pending login is read': ({ state }) => state.findPendingLogin('ada', 'login'),
};

const HASHES: typeof LISTS = {
  'sessions are listed': ({ state }) => state.listSessions('ada'),
};

const TEXTS: typeof LISTS = {
  'a session is read': ({ state }) => state.findSession('ada', 'handle'),
  'the owner of a key is read': ({ records }) => records.findOwner('key'),
};

describe('a reply that is of another kind', () => {
  it.each(Object.entries(LISTS))('is refused where %s: no list', async (_name, read) => {
    for (const reply of ['text', 5, null, { 0: 'text' }])
      await expect(read(storesThatHear(reply))).rejects.toEqual(refused);
  });

  it.each(Object.entries(HASHES))('is refused where %s: no hash', async (_name, read) => {
    for (const reply of ['text', 5, null, ['e', 'epoch']])
      await expect(read(storesThatHear(reply))).rejects.toEqual(refused);
  });

  it.each(Object.entries(TEXTS))('is refused where %s: no text', async (_name, read) => {
    for (const reply of [5, ['text'], { text: 'text' }])
      await expect(read(storesThatHear(reply))).rejects.toEqual(refused);
  });

  it('is refused where a password is counted: no outcome', async () => {
    const { state } = storesThatHear(['0', '', 'sometimes', '5']);
    await expect(state.reservePassword(aPassword(), PASSWORD_LIMITS, at)).rejects.toEqual(refused);
  });

  it('is refused where several things are read at once: too few answers', async () => {
    const redis = Object.assign(new Redis({ lazyConnect: true }), { call: async () => ['text'] });
    const commands = redisCommands(redis, { timeoutMs: 60_000 });
    const [first, second] = await Promise.allSettled([commands.send('get', 'a'), commands.send('get', 'b')]);
    expect(first).toEqual({ status: 'fulfilled', value: 'text' });
    expect(second).toEqual({ status: 'rejected', reason: refused });
  });

  it('is refused where sends are counted: no number', async () => {
    const { state } = storesThatHear('soon');
    const budget = { key: 'ada', windows: [{ max: 1, seconds: 30 }] };
    await expect(state.spendSendBudgets([budget], at)).rejects.toEqual(refused);
    await expect(state.findSendWait([budget], at)).rejects.toEqual(refused);
  });

  const event = JSON.stringify({ name: 'signed-in', at, organizationId: 'acme', details: {} });

  it('is an event where it is one', async () => {
    const { records } = storesThatHear([`1 ${at} ${event}`]);
    expect(await records.listEvents({ organizationId: 'acme', limit: 5 })).toEqual({
      events: [JSON.parse(event)],
    });
  });

  it.each(['text', event, `1 ${event}`, `x ${at} ${event}`, `1 ${at} [${event}]`, 5, [event], null])(
    'is refused where events are listed: the entry %j',
    async (entry) => {
      const { records } = storesThatHear([entry]);
      await expect(records.listEvents({ organizationId: 'acme', limit: 5 })).rejects.toEqual(refused);
    },
  );
});

describe('the reader of replies', () => {
  it('takes lists, hashes, objects and whole numbers as they are', () => {
    expect(toTexts(['a', 1, null], 'x')).toEqual(['a', '1', null]);
    expect(toHash({ a: 'b' }, 'x')).toEqual({ a: 'b' });
    expect(toHash(new Map([['a', 'b']]), 'x')).toEqual({ a: 'b' });
    expect(parseObject('{"a":1}', 'x')).toEqual({ a: 1 });
    expect(toWholeNumber('12', 'x')).toBe(12);
    expect([0, 1, 1.5, 2 ** 53, '1', null].map(isInstant)).toEqual([true, true, false, false, false, false]);
  });

  it.each(['', 'x', '1.5', '1e999', '9007199254740993'])('refuses the number %j', (text) => {
    expect(() => toWholeNumber(text, 'x')).toThrow(refused);
  });

  it.each(['', '{', 'null', '[]', '1', '"a"'])('refuses the object %j', (text) => {
    expect(() => parseObject(text, 'x')).toThrow(refused);
  });
});
