import { memoryRecords, memoryState, type RecordStore, type StateStore } from '../../src/index';
import { recordStoreContract, stateStoreContract, type TestFramework } from '../../src/testing';
import { codeIn } from '../support/docs';

const [STORE = '', TESTS = ''] = codeIn('docs/storage.md', 'A store of your own');

/** Documented modules run with their imports in scope. */
function runModule(code: string, scope: Readonly<Record<string, unknown>>, answer = ''): unknown {
  const body = `${code.replaceAll(/^import .*\n/gm, '').replaceAll(/^export /gm, '')}\n${answer}`;
  // oxlint-disable-next-line typescript/no-implied-eval
  return new Function(...Object.keys(scope), body)(...Object.values(scope));
}

const ownRecords = runModule(STORE, { memoryRecords }, 'return ownRecords;') as () => RecordStore;

describe('the store that the documentation shows', () => {
  runModule(TESTS, { beforeEach, describe, it, expect, recordStoreContract, ownRecords });
});

/** Runs a suite one test after the other, and answers with the names of those that fail. */
async function failuresOf(suite: (framework: TestFramework) => void): Promise<readonly string[]> {
  const before: (() => Promise<void>)[] = [];
  const tests: { readonly name: string; readonly test: () => Promise<void> }[] = [];
  suite({
    describe: (_, body) => body(),
    it: (name, test) => tests.push({ name, test }),
    beforeEach: (prepare) => before.push(prepare),
    expect,
  });
  const failed: string[] = [];
  for (const { name, test } of tests) {
    try {
      for (const prepare of before) await prepare();
      await test();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** What is wrong with a record store, and its methods in place of the right ones. */
const BROKEN_RECORDS: Readonly<Record<string, (right: RecordStore) => Partial<RecordStore>>> = {
  'writes from any version': (right) => ({
    async write(owner, changes) {
      const found = await right.read(changes.map(({ name }) => ({ owner, name })));
      const current = changes.map((change, n) => {
        const one = found[n];
        return { ...change, expected: one?.outcome === 'found' ? one.version : null };
      });
      return right.write(owner, current);
    },
  }),
  'writes the changes one by one': (right) => ({
    async write(owner, changes) {
      const answers = [];
      for (const change of changes) answers.push(await right.write(owner, [change]));
      return answers.find(({ outcome }) => outcome === 'conflict') ?? { outcome: 'written' };
    },
  }),
  'calls every known version the current one': (right) => ({
    async read(queries) {
      const answers = await right.read(queries);
      return queries.map(({ known }, n) =>
        known === undefined ? (answers[n] ?? { outcome: 'absent' }) : { outcome: 'unchanged' },
      );
    },
  }),
  'keeps documents that are removed': () => ({ removeDocuments: async () => undefined }),
  'gives a key to everybody': () => ({ claim: async () => true }),
  'frees a key for everybody': (right) => ({
    async release(key) {
      const holder = await right.findOwner(key);
      if (holder !== undefined) await right.release(key, holder);
    },
  }),
  'lists the oldest event first': (right) => ({
    async listEvents(query) {
      const { events, ...page } = await right.listEvents(query);
      return { ...page, events: events.toReversed() };
    },
  }),
  'ignores the names in a filter': (right) => ({
    listEvents: ({ names: _names, ...query }) => right.listEvents(query),
  }),
  'ignores the time in a filter': (right) => ({
    listEvents: ({ from: _from, ...query }) => right.listEvents(query),
  }),
  'erases nobody from events': () => ({ eraseFromEvents: async () => undefined }),
  'removes no events': () => ({ removeEvents: async () => undefined }),
  'keeps indexes that are removed': () => ({ removeIndexes: async () => undefined }),
  'gives queued work to every process': (right) => ({
    takeDue: (queue, { now, limit }) => right.takeDue(queue, { now, limit, untilAt: now }),
  }),
  'keeps the queued work of a person': () => ({ removeQueuedOf: async () => undefined }),
};

const BROKEN_STATE: Readonly<Record<string, (right: StateStore) => Partial<StateStore>>> = {
  'uses a challenge up more than once': () => ({ consumeChallenge: async () => true }),
  'spends attempts without an end': (right) => ({
    spendAttempt: (owner) => right.spendAttempt(owner, 1_000_000),
  }),
  'brings ended sessions back': () => ({ touchSession: async () => true }),
  'ends a link for everybody': () => ({ endUnlockLink: async () => true }),
  'allows every send': () => ({ spendSendBudgets: async () => ({ outcome: 'spent' }) }),
  'forgets nobody': () => ({ forgetUser: async () => undefined }),
};

describe('the tests for store authors', () => {
  it('pass for stores that are right', async () => {
    const [records, state] = [memoryRecords(), memoryState()];
    expect(await failuresOf((framework) => recordStoreContract(framework, () => records))).toEqual([]);
    expect(await failuresOf((framework) => stateStoreContract(framework, () => state))).toEqual([]);
  });

  it.each(Object.entries(BROKEN_RECORDS))('fail for a record store that %s', async (_, breakIt) => {
    const right = memoryRecords();
    const store = { ...right, ...breakIt(right) };
    expect(await failuresOf((framework) => recordStoreContract(framework, () => store))).not.toEqual([]);
  });

  it.each(Object.entries(BROKEN_STATE))('fail for a state store that %s', async (_, breakIt) => {
    const right = memoryState();
    const store = { ...right, ...breakIt(right) };
    expect(await failuresOf((framework) => stateStoreContract(framework, () => store))).not.toEqual([]);
  });
});
