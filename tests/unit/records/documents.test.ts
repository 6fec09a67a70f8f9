import { memoryRecords } from '../../../src/index';
import type { DocumentName, Owner, RecordStore } from '../../../src/index';
import { createRecords } from '../../../src/records/create-records';
import { NOW, aGuess, acceptTimeStep, anAuthenticator, newId } from '../../contract/samples';
import { RELEASED } from './released-documents';

const userOwner = (id: string): Owner => ({ kind: 'user', id });

/** A process of its own over a store, whose writes can be watched, held or preceded. */
function processOver(store: RecordStore, write: RecordStore['write'] = store.write) {
  return createRecords({ ...store, write });
}

async function bodyOf(
  store: RecordStore,
  owner: Owner,
  name: DocumentName,
): Promise<Record<string, unknown>> {
  const [found] = await store.read([{ owner, name }]);
  if (found?.outcome !== 'found') throw new Error(`There is no ${name} document.`);
  return JSON.parse(found.body) as Record<string, unknown>;
}

async function put(store: RecordStore, owner: Owner, name: DocumentName, body: object): Promise<void> {
  const [found] = await store.read([{ owner, name }]);
  const expected = found?.outcome === 'found' ? found.version : null;
  const next = { version: newId(), body: JSON.stringify(body) };
  expect(await store.write(owner, [{ name, expected, next }])).toEqual({ outcome: 'written' });
}

const CHANGES = {
  'a setting': (records: ReturnType<typeof processOver>) =>
    records.saveMemberSettings('ada', 'acme', { enabled: true, assignedKind: null }),
  'an exemption': (records: ReturnType<typeof processOver>) =>
    records.saveExemption('ada', 'acme', {
      reason: 'r',
      grantedBy: 'bob',
      grantedAt: NOW,
      until: NOW + 1,
    }),
  'a skip': (records: ReturnType<typeof processOver>) => records.spendSkip('ada', 'acme', 5),
  'an authenticator': (records: ReturnType<typeof processOver>) =>
    records.addAuthenticator('ada', anAuthenticator()),
  'a channel': (records: ReturnType<typeof processOver>) =>
    records.noteSpentChannel('ada', { channel: 'email', until: NOW }),
  'recovery codes': (records: ReturnType<typeof processOver>) =>
    records.replaceRecoveryCodes('ada', [{ number: 1, codeHash: 'h' }], NOW),
  'an end of sessions': (records: ReturnType<typeof processOver>) =>
    records.replaceUserEpoch('ada', { epoch: newId(), endedAt: NOW }),
};

describe('a change', () => {
  it.each(Object.entries(CHANGES))(
    'reads the same in the process that wrote %s and in others',
    async (_, change) => {
      const store = memoryRecords();
      const own = processOver(store);
      await own.establishUserEpoch('ada', 'epoch');
      await own.addAuthenticator('ada', anAuthenticator());
      await change(own);
      const written = await own.findMember('ada', 'acme');
      expect(written).toStrictEqual(await processOver(store).findMember('ada', 'acme'));
      expect(Object.isFrozen(written.authenticators[0])).toBe(true);
    },
  );
});

describe('an owner who is removed', () => {
  it.each(Object.entries(CHANGES))('is not brought back by %s that is under way', async (_, change) => {
    const store = memoryRecords();
    const [own, other] = [processOver(store), processOver(store)];
    await own.establishUserEpoch('ada', 'epoch');
    await other.findMember('ada', 'acme');
    await own.removeUser('ada');
    for (const records of [own, other, other]) {
      await expect(change(records)).rejects.toMatchObject({ code: 'store-unavailable' });
      expect(await store.read([{ owner: userOwner('ada'), name: 'member' }])).toEqual([
        { outcome: 'absent' },
      ]);
    }
  });

  it('is not brought back by a write that was sent before', async () => {
    const store = memoryRecords();
    const other = processOver(store);
    const records = processOver(store, async (...change) => {
      await other.removeUser('ada');
      return store.write(...change);
    });
    await other.establishUserEpoch('ada', 'epoch');
    await records.findMember('ada', 'acme');
    const saved = records.saveMemberSettings('ada', 'acme', { enabled: true, assignedKind: null });
    await expect(saved).rejects.toMatchObject({ code: 'store-unavailable' });
    const [found] = await store.read([{ owner: userOwner('ada'), name: 'member' }]);
    expect(found).toEqual({ outcome: 'absent' });
  });

  it('begins anew with a sign-in, and is changed from then on', async () => {
    const records = processOver(memoryRecords());
    await records.establishUserEpoch('ada', 'first');
    await records.removeUser('ada');
    expect(await records.establishUserEpoch('ada', 'second')).toBe('second');
    await records.saveMemberSettings('ada', 'acme', { enabled: true, assignedKind: null });
    expect((await records.findMember('ada', 'acme')).settings.enabled).toBe(true);
  });
});

describe('a change of documents', () => {
  it('counts once where the client sent the write twice', async () => {
    const store = memoryRecords();
    const records = processOver(store, async (...change) => {
      await store.write(...change);
      return store.write(...change);
    });
    expect(await records.spendSkip('ada', 'acme', 5)).toEqual({ outcome: 'spent', skipsUsed: 1 });
    expect(await records.spendSkip('ada', 'acme', 5)).toEqual({ outcome: 'spent', skipsUsed: 2 });
  });

  it('is made from what another process has written meanwhile', async () => {
    const store = memoryRecords();
    const other = processOver(store);
    let isFirst = true;
    const records = processOver(store, async (...change) => {
      if (isFirst) {
        isFirst = false;
        await other.spendSkip('ada', 'acme', 1);
      }
      return store.write(...change);
    });
    expect(await records.spendSkip('ada', 'acme', 1)).toEqual({ outcome: 'exhausted' });
  });

  it('is refused after ten tries at which other processes were first', async () => {
    const store = memoryRecords();
    const other = processOver(store);
    let tries = 0;
    const records = processOver(store, async (...change) => {
      tries += 1;
      await other.spendSkip('ada', 'acme', null);
      return store.write(...change);
    });
    await expect(records.spendSkip('ada', 'acme', null)).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(tries).toBe(10);
    expect((await other.findMember('ada', 'acme')).settings.skipsUsed).toBe(10);
  });

  it('refuses nothing because of a document that this process remembers and another has changed', async () => {
    const store = memoryRecords();
    const [here, elsewhere] = [processOver(store), processOver(store)];
    await here.establishUserEpoch('ada', 'epoch');
    const guess = aGuess({ userId: 'ada' });
    while ((await here.spendGuess(guess)).outcome !== 'locked');
    await elsewhere.clearGuesses('ada');
    expect((await here.spendGuess(guess)).outcome).toBe('spent');
  });

  it('revives nobody who was forgotten while it was under way', async () => {
    const store = memoryRecords();
    const app = anAuthenticator();
    const owner = userOwner('ada');
    let forget = async (): Promise<void> => undefined;
    const records = processOver(store, async (...change) => {
      await forget();
      return store.write(...change);
    });
    const changes: readonly (() => Promise<unknown>)[] = [
      () => records.spendGuess(aGuess({ userId: 'ada', authenticatorId: null })),
      () => records.spendGuess(aGuess({ userId: 'ada', authenticatorId: app.id })),
      () => acceptTimeStep(records, { userId: 'ada', authenticatorId: app.id, timeStep: 5, now: NOW }),
      () => records.consumeRecoveryCode('ada', { number: 1, codeHash: 'hash' }),
      () => records.renameAuthenticator('ada', app.id, 'Phone'),
      () => records.savePreference('ada', app.id),
      () => records.removeAuthenticator('ada', app.id),
      () => records.removeAllAuthenticators('ada'),
    ];
    for (const change of changes) {
      forget = async () => undefined;
      await records.establishUserEpoch('ada', 'epoch');
      await records.addAuthenticator('ada', app);
      await records.replaceRecoveryCodes('ada', [{ number: 1, codeHash: 'hash' }], NOW);
      forget = () => store.removeDocuments(owner);
      await change();
      expect(await store.read([{ owner, name: 'member' }])).toEqual([{ outcome: 'absent' }]);
      await store.removeDocuments(owner);
    }
  });
});

describe('changes of one account in one process', () => {
  /** A store whose first write waits until it is let go. */
  function heldStore() {
    const store = memoryRecords();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const written: unknown[] = [];
    const records = processOver(store, async (owner, changes) => {
      await held;
      const answer = await store.write(owner, changes);
      for (const { next } of changes) if (next) written.push(JSON.parse(next.body));
      return answer;
    });
    return { records, letGo: () => letGo(), written };
  }

  it('are refused when fifty wait, except ends of sessions, which go first', async () => {
    const { records, letGo, written } = heldStore();
    const spent = Array.from({ length: 51 }, () => records.spendSkip('ada', 'acme', null));
    const refused = records.spendSkip('ada', 'acme', null).catch((error: unknown) => error);
    const ended = records.replaceUserEpoch('ada', { epoch: 'ended', endedAt: NOW });
    const others = records.spendSkip('grace', 'acme', null);
    expect(await refused).toMatchObject({ code: 'too-many-requests', status: 429 });
    letGo();
    await Promise.all([...spent, ended, others]);
    expect(written).toHaveLength(53);
    expect(written.findIndex((body) => (body as { epoch?: unknown }).epoch === 'ended')).toBeLessThanOrEqual(
      2,
    );
    expect((await records.findMember('ada', 'acme')).settings.skipsUsed).toBe(51);
  });

  it('are refused when those before them took more than five seconds', async () => {
    jest.useFakeTimers();
    try {
      const { records, letGo } = heldStore();
      const first = records.spendSkip('ada', 'acme', null);
      const second = records.spendSkip('ada', 'acme', null);
      const late = second.catch((error: unknown) => error);
      jest.advanceTimersByTime(5001);
      letGo();
      expect(await first).toEqual({ outcome: 'spent', skipsUsed: 1 });
      expect(await late).toMatchObject({ code: 'store-unavailable' });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('documents of another version of the app', () => {
  it.each(RELEASED)(
    'read the %s document of format $format',
    async ({ owner, name, body, read, expected }) => {
      const store = memoryRecords();
      await put(store, owner, name, body);
      expect(await read(createRecords(store))).toMatchObject(expected);
    },
  );

  it.each(RELEASED)(
    'write the %s document so that format $format can read and write it',
    async (released) => {
      const { owner, name, body, change } = released;
      const store = memoryRecords();
      await put(store, owner, name, body);
      await change(createRecords(store));
      const written = await bodyOf(store, owner, name);
      expect(written).not.toEqual(body);
      expect(Number(written['oldestWriter'])).toBeLessThanOrEqual(body.format);
    },
  );

  it('keep what a later version has added, at every level', async () => {
    const store = memoryRecords();
    const owner = userOwner('ada');
    const records = createRecords(store);
    await records.addAuthenticator('ada', anAuthenticator());
    await records.spendSkip('ada', 'acme', null);
    const body = await bodyOf(store, owner, 'member');
    const [app] = body['authenticators'] as object[];
    const [acme] = body['organizations'] as object[];
    const later = {
      ...body,
      format: 2,
      added: { deep: [1] },
      authenticators: [{ ...app, added: 'here' }],
      organizations: [{ ...acme, added: true }],
    };
    await put(store, owner, 'member', later);
    await records.spendSkip('ada', 'acme', null);
    const written = await bodyOf(store, owner, 'member');
    expect(written).toMatchObject({
      added: { deep: [1] },
      authenticators: [{ added: 'here' }],
      organizations: [{ added: true, skipsUsed: 2 }],
    });
  });

  it('are read, and not written, where a later version forbids it', async () => {
    const store = memoryRecords();
    const owner = userOwner('ada');
    const records = createRecords(store);
    await records.establishUserEpoch('ada', 'epoch');
    const restricted = { ...(await bodyOf(store, owner, 'member')), oldestWriter: 2 };
    await put(store, owner, 'member', restricted);
    expect((await records.findMember('ada', 'acme')).epoch).toBe('epoch');
    await expect(records.spendSkip('ada', 'acme', null)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('later version'),
    });
    expect(await bodyOf(store, owner, 'member')).toEqual(restricted);
  });
});

describe('what documents may hold', () => {
  it.each(['__proto__', 'constructor', 'toString'])(
    'is an organization called %s like any other',
    async (id) => {
      const records = createRecords(memoryRecords());
      await records.saveMemberSettings('ada', id, { enabled: true, assignedKind: null });
      expect((await records.findMember('ada', id)).settings.enabled).toBe(true);
      expect((await records.findMember('ada', 'acme')).settings.enabled).toBe(false);
      await records.saveMemberSettings(id, 'acme', { enabled: true, assignedKind: null });
      expect((await records.findMember(id, 'acme')).settings.enabled).toBe(true);
    },
  );

  it.each([
    ['U+0000', 'a\0b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('is no text with %s, on any store', async (_name, label) => {
    const records = createRecords(memoryRecords());
    const added = records.addAuthenticator('ada', anAuthenticator({ label }));
    await expect(added).rejects.toMatchObject({ code: 'text-unusable', status: 400 });
    expect((await records.findMember('ada', 'acme')).authenticators).toEqual([]);
  });

  it('is the text of an escape that somebody typed', async () => {
    const records = createRecords(memoryRecords());
    const label = String.raw`\u0000 and \ud800`;
    await records.addAuthenticator('ada', anAuthenticator({ label }));
    expect((await records.findMember('ada', 'acme')).authenticators).toMatchObject([{ label }]);
  });

  it('is an id of any well-formed text up to 1,024 characters, and no longer one', async () => {
    const records = createRecords(memoryRecords());
    for (const id of ['a b:{c}', 'ü'.repeat(1024)]) {
      await records.establishUserEpoch(id, 'epoch');
      expect((await records.findMember(id, 'acme')).epoch).toBe('epoch');
    }
    await expect(records.establishUserEpoch('x'.repeat(1025), 'epoch')).rejects.toMatchObject({
      code: 'text-unusable',
    });
  });
});

describe('what is read', () => {
  it('cannot be changed for those who read it next, at any level', async () => {
    const store = memoryRecords();
    await processOver(store).addAuthenticator('ada', anAuthenticator({ id: 'app', failures: 3 }));
    const records = processOver(store);
    const [app] = (await records.findMember('ada', 'acme')).authenticators;
    if (app === undefined) throw new Error('There is no authenticator.');
    Reflect.set(app, 'failures', 0);
    expect((await records.findMember('ada', 'acme')).authenticators).toMatchObject([{ failures: 3 }]);
  });

  it('is refused where the store gives no answer', async () => {
    const records = createRecords({ ...memoryRecords(), read: async () => [] });
    await expect(records.findMember('ada', 'acme')).rejects.toMatchObject({ code: 'records-unreadable' });
  });
});
