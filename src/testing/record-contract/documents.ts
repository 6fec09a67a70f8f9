import type { DocumentChange, DocumentName, DocumentStore, Owner } from '../../stores/document-store';
import { HOSTILE_IDS, newId } from '../samples';
import type { TestFramework } from '../test-framework';

const aUser = (): Owner => ({ kind: 'user', id: newId() });
const found = (version: string, body: string) => ({ outcome: 'found', version, body });
const set = (name: DocumentName, expected: string | null, version: string, body = '{}'): DocumentChange => ({
  name,
  expected,
  next: { version, body },
});

export function describeDocuments({ describe, it, expect }: TestFramework, open: () => DocumentStore): void {
  const read = async (owner: Owner, name: DocumentName, known?: string) =>
    (await open().read([{ owner, name, ...(known === undefined ? {} : { known }) }]))[0];

  describe('documents', () => {
    it('are absent until they are written, and then read as written', async () => {
      const owner = aUser();
      expect(await read(owner, 'member')).toEqual({ outcome: 'absent' });
      const body = JSON.stringify({
        text: 'é €😀 "quoted"\n',
        list: [1, null, true],
        nested: { __proto__x: 1 },
      });
      expect(await open().write(owner, [set('member', null, 'v1', body)])).toEqual({ outcome: 'written' });
      const answer = await read(owner, 'member');
      expect(answer).toMatchObject({ outcome: 'found', version: 'v1' });
      if (answer?.outcome === 'found') expect(JSON.parse(answer.body)).toEqual(JSON.parse(body));
    });

    it('are answered with "unchanged" if the caller has the current version, and in full otherwise', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'v1')]);
      expect(await read(owner, 'member', 'v1')).toEqual({ outcome: 'unchanged' });
      expect(await read(owner, 'member', 'v0')).toEqual(found('v1', '{}'));
      expect(await read(aUser(), 'member', 'v1')).toEqual({ outcome: 'absent' });
    });

    it('of several owners are read in one call, in the order asked', async () => {
      const [ada, acme]: Owner[] = [aUser(), { kind: 'organization', id: newId() }];
      if (ada === undefined || acme === undefined) throw new Error('no owners');
      await open().write(ada, [set('browsers', null, 'b1')]);
      await open().write(acme, [set('policy', null, 'p1', '{"a":1}')]);
      const answers = await open().read([
        { owner: acme, name: 'policy' },
        { owner: ada, name: 'member' },
        { owner: ada, name: 'browsers', known: 'b1' },
        { owner: ada, name: 'browsers' },
      ]);
      expect(answers.map(({ outcome }) => outcome)).toEqual(['found', 'absent', 'unchanged', 'found']);
      const [policy] = answers;
      expect(policy?.outcome === 'found' && JSON.parse(policy.body)).toEqual({ a: 1 });
      expect(await open().read([])).toEqual([]);
    });

    it('are written only if the version is the expected one; a conflict returns the current document and writes nothing', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'v1', '{"n":1}')]);
      for (const expected of [null, 'v0', 'v2']) {
        const refused = await open().write(owner, [set('member', expected, 'v2', '{"n":2}')]);
        expect(refused).toMatchObject({
          outcome: 'conflict',
          current: [{ outcome: 'found', version: 'v1' }],
        });
      }
      expect(await read(owner, 'member', 'v1')).toEqual({ outcome: 'unchanged' });
      expect(await open().write(owner, [set('member', 'v1', 'v2')])).toEqual({ outcome: 'written' });
      expect(await read(owner, 'member', 'v2')).toEqual({ outcome: 'unchanged' });
    });

    it('do not match any expected version if they are absent', async () => {
      const owner = aUser();
      const refused = await open().write(owner, [set('member', 'v1', 'v2')]);
      expect(refused).toEqual({ outcome: 'conflict', current: [{ outcome: 'absent' }] });
      expect(await read(owner, 'member')).toEqual({ outcome: 'absent' });
    });

    it('of one owner are written together or not at all', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'm1'), set('recovery-codes', null, 'r1')]);
      const half = [
        set('member', 'm1', 'm2'),
        set('recovery-codes', 'r0', 'r2'),
        set('browsers', null, 'b1'),
      ];
      expect(await open().write(owner, half)).toMatchObject({
        outcome: 'conflict',
        current: [{ version: 'm1' }, { version: 'r1' }, { outcome: 'absent' }],
      });
      expect(await read(owner, 'member', 'm1')).toEqual({ outcome: 'unchanged' });
      expect(await read(owner, 'browsers')).toEqual({ outcome: 'absent' });
    });

    it('can be a condition for the change of another', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'm1')]);
      const change = (expected: string | null) =>
        open().write(owner, [{ name: 'member', expected }, set('browsers', null, 'b1')]);
      expect(await change('m0')).toMatchObject({ outcome: 'conflict' });
      expect(await read(owner, 'browsers')).toEqual({ outcome: 'absent' });
      expect(await change('m1')).toEqual({ outcome: 'written' });
      expect(await read(owner, 'member', 'm1')).toEqual({ outcome: 'unchanged' });
    });

    it('are removed only if the version is the expected one, one by one or all at once', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'm1'), set('browsers', null, 'b1')]);
      expect(await open().write(owner, [{ name: 'member', expected: 'm0', next: null }])).toMatchObject({
        outcome: 'conflict',
      });
      expect(await open().write(owner, [{ name: 'member', expected: 'm1', next: null }])).toEqual({
        outcome: 'written',
      });
      expect(await read(owner, 'member')).toEqual({ outcome: 'absent' });
      expect(await read(owner, 'browsers', 'b1')).toEqual({ outcome: 'unchanged' });
      await open().removeDocuments(owner);
      await open().removeDocuments(owner);
      expect(await read(owner, 'browsers')).toEqual({ outcome: 'absent' });
      expect(await open().write(owner, [set('member', null, 'm2')])).toEqual({ outcome: 'written' });
    });

    it('contain the version of the caller in the conflict if a write was sent twice', async () => {
      const owner = aUser();
      const change = [set('member', null, 'mine')];
      await open().write(owner, change);
      expect(await open().write(owner, change)).toMatchObject({
        outcome: 'conflict',
        current: [{ outcome: 'found', version: 'mine' }],
      });
    });

    it('are written by only one of many parallel writers', async () => {
      const owner = aUser();
      await open().write(owner, [set('member', null, 'v0')]);
      const writes = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          open().write(owner, [set('member', 'v0', `w${n}`, `{"n":${n}}`)]),
        ),
      );
      const winners = writes.flatMap(({ outcome }, n) => (outcome === 'written' ? [n] : []));
      expect(winners).toHaveLength(1);
      expect(await read(owner, 'member', `w${winners[0]}`)).toEqual({ outcome: 'unchanged' });
    });

    it('are kept apart for owners with any ids', async () => {
      const prefix = newId();
      const owners = HOSTILE_IDS.flatMap((id): Owner[] => [
        { kind: 'user', id: `${prefix}${id}` },
        { kind: 'organization', id: `${prefix}${id}` },
      ]);
      for (const [n, owner] of owners.entries()) {
        const name = owner.kind === 'user' ? 'member' : 'policy';
        expect(await open().write(owner, [set(name, null, `v${n}`)])).toEqual({ outcome: 'written' });
      }
      const answers = await open().read(
        owners.map((owner, n) => ({
          owner,
          name: owner.kind === 'user' ? ('member' as const) : ('policy' as const),
          known: `v${n}`,
        })),
      );
      expect(answers.every(({ outcome }) => outcome === 'unchanged')).toBe(true);
    });

    it('can have a body of a megabyte and be read hundreds of times in parallel', async () => {
      const owner = aUser();
      const body = JSON.stringify({ text: 'x'.repeat(1_000_000) });
      await open().write(owner, [set('browsers', null, 'v1', body)]);
      const answers = await Promise.all(Array.from({ length: 200 }, () => read(owner, 'browsers', 'v1')));
      expect(answers.every((answer) => answer?.outcome === 'unchanged')).toBe(true);
      expect(await read(owner, 'browsers')).toMatchObject({ outcome: 'found', version: 'v1' });
    });
  });

  describe('keys that are unique among all owners', () => {
    it('are claimed by one owner, who may claim them again', async () => {
      const [ada, mary, key] = [aUser(), aUser(), `passkey:${newId()}`];
      expect(await open().findOwner(key)).toBeUndefined();
      expect(await open().claim(key, ada)).toBe(true);
      expect(await open().claim(key, mary)).toBe(false);
      expect(await open().claim(key, ada)).toBe(true);
      expect(await open().findOwner(key)).toEqual(ada);
    });

    it('are released only by their owner', async () => {
      const [ada, mary, key] = [aUser(), aUser(), `passkey:${newId()}`];
      await open().claim(key, ada);
      await open().release(key, mary);
      expect(await open().findOwner(key)).toEqual(ada);
      await open().release(key, ada);
      expect(await open().findOwner(key)).toBeUndefined();
      expect(await open().claim(key, mary)).toBe(true);
    });

    it('are claimed by only one of many parallel owners, whatever their text', async () => {
      for (const text of ['{a}:b', '%', '😀', '__proto__']) {
        const key = `${newId()}${text}`;
        const owners = Array.from({ length: 10 }, aUser);
        const claims = await Promise.all(owners.map((owner) => open().claim(key, owner)));
        expect(claims.filter(Boolean)).toHaveLength(1);
        expect(await open().findOwner(key)).toEqual(owners[claims.indexOf(true)]);
      }
    });
  });
}
