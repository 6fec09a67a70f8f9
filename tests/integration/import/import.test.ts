import { randomBytes } from 'node:crypto';
import type { AuthenticatorImport } from '../../../src/index';
import { describeAuthenticator } from '../../../src/factors/find-factor';
import { addPerson, visit } from '../../support/member';
import { oathCode } from '../../support/oathtool';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal, type Portal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

const row = (userId: string, key: Buffer, more: Partial<AuthenticatorImport> = {}): AuthenticatorImport => ({
  userId,
  secret: key.toString('hex'),
  encoding: 'hex',
  ...more,
});

describe.each(storeKinds)('an import with stores in $kind', ({ open }) => {
  let stores: ReturnType<typeof open>;
  let portal: Portal;
  const noted: (readonly [string, boolean])[] = [];

  beforeAll(async () => {
    stores = open();
    const noteEnrolled = async (id: string, enrolled: boolean) => void noted.push([id, enrolled]);
    portal = createPortal({ records: stores.records, state: stores.state, directory: { noteEnrolled } });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  });
  afterAll(async () => {
    await portal.mfa.close();
    stores.close();
  });

  const importRows = (
    rows: readonly AuthenticatorImport[],
    options: Parameters<typeof portal.mfa.authenticators.import>[1] = {},
  ) => portal.mfa.authenticators.import(rows, { actorId: 'mover', ...options });

  async function eventsOf(userId: string) {
    await portal.mfa.settled();
    const asked = { organizationId: 'acme', userIds: [userId], limit: 5 };
    return (await stores.records.listEvents(asked)).events;
  }

  const listOf = (userId: string) => portal.mfa.authenticators.list(userId);

  async function signIn(userId: string, code: string): Promise<string> {
    const person = visit(portal);
    expect((await person.logIn(userId)).body).toMatchObject({ outcome: 'challenge' });
    return (await person.postJson('/mfa/challenge', { code })).body.outcome;
  }

  it.each([
    ['SHA1', 6, 30],
    ['SHA1', 8, 30],
    ['SHA256', 6, 60],
    ['SHA512', 8, 60],
  ] as const)(
    'lets people go on with their codes: %s, %i digits, %i s',
    async (algorithm, digits, period) => {
      const { id } = addPerson(portal);
      const key = randomBytes(20);
      const rows = [row(id, key, { algorithm, digits, periodSeconds: period, label: 'Old phone' })];
      expect(await importRows(rows)).toEqual({
        outcome: 'imported',
        read: 1,
        imported: 1,
        skipped: {},
        refusals: [],
      });
      expect(await listOf(id)).toMatchObject([{ kind: 'totp', label: 'Old phone', lastUsedAt: null }]);
      const now = portal.clock.now();
      const code = oathCode(key, now, { algorithm, digits, period });
      expect(await signIn(id, code)).toBe('signed-in');
      expect(await signIn(id, code)).toBe('rejected');
      const next = oathCode(key, now + period * 1000, { algorithm, digits, period });
      expect(await signIn(id, next)).toBe('signed-in');
    },
  );

  it('shows a field for as many digits as the codes have', async () => {
    const [eight, six] = [addPerson(portal).id, addPerson(portal).id];
    await importRows([row(eight, randomBytes(20), { digits: 8 }), row(six, randomBytes(20))]);
    for (const [id, digits] of [[eight, 8] as const, [six, 6] as const]) {
      const person = visit(portal);
      // oxlint-disable-next-line no-await-in-loop
      await person.logIn(id);
      // oxlint-disable-next-line no-await-in-loop
      expect((await person.get('/mfa/challenge')).text).toContain(`data-code-digits="${digits}"`);
    }
  });

  it('reports an event with actor and reason, and tells the user table', async () => {
    const { id } = addPerson(portal);
    await importRows([row(id, randomBytes(20))], { reason: 'Moved from our own login' });
    const events = await eventsOf(id);
    const [{ id: authenticatorId } = { id: '' }] = await listOf(id);
    expect(events).toMatchObject([
      {
        name: 'authenticator-added',
        actorId: 'mover',
        details: { kind: 'totp', authenticatorId, imported: true, reason: 'Moved from our own login' },
      },
    ]);
    expect(noted).toContainEqual([id, true]);
    expect(portal.outbox.messages.filter(({ to }) => to === `${id}@acme.example`)).toEqual([]);
  });

  it('changes nothing when it is run again, with the same or another secret', async () => {
    const { id } = addPerson(portal);
    const [key, other] = [randomBytes(20), randomBytes(20)];
    await importRows([row(id, key)]);
    const before = await listOf(id);
    for (const again of [key, other]) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await importRows([row(id, again)])).toMatchObject({
        imported: 0,
        skipped: { 'already-imported': 1 },
        refusals: [],
      });
    }
    expect(await listOf(id)).toEqual(before);
    expect(await eventsOf(id)).toHaveLength(1);
    expect(await signIn(id, oathCode(key, portal.clock.now()))).toBe('signed-in');
  });

  it('brings nothing back that its owner, or a reset, removed', async () => {
    const [owner, reset] = [addPerson(portal).id, addPerson(portal).id];
    const rows = [row(owner, randomBytes(20)), row(reset, randomBytes(20))];
    await importRows(rows);
    const [{ id } = { id: '' }] = await listOf(owner);
    await stores.records.removeAuthenticator(owner, id);
    await portal.mfa.members.reset({ userId: reset }, { reason: 'Lost the phone' });
    expect(await importRows(rows)).toMatchObject({ imported: 0, skipped: { 'already-imported': 2 } });
    expect([await listOf(owner), await listOf(reset)]).toEqual([[], []]);
  });

  it('leaves an app alone that was set up here, and stands beside other methods', async () => {
    const [withApp, withPhone] = [addPerson(portal), addPerson(portal)];
    const app = await plantApp(portal, withApp.id);
    const phone = { kind: 'sms', destination: '+442079460018' } as const;
    await plantAddress(portal, withPhone.id, phone);
    const report = await importRows([row(withApp.id, randomBytes(20)), row(withPhone.id, randomBytes(20))]);
    expect(report).toMatchObject({
      imported: 1,
      skipped: { 'has-authenticator': 1 },
      refusals: [{ index: 0, userId: withApp.id, because: 'has-authenticator' }],
    });
    expect(await listOf(withApp.id)).toMatchObject([{ id: app.id }]);
    expect(await listOf(withPhone.id)).toHaveLength(2);
  });

  it('takes several apps of one person by their ref, and 20 at most', async () => {
    const { id } = addPerson(portal);
    const keys = Array.from({ length: 21 }, () => randomBytes(20));
    const rows = keys.map((key, index) => row(id, key, { ref: `device-${index}` }));
    expect(await importRows([...rows, ...rows.slice(0, 3)])).toMatchObject({
      read: 24,
      imported: 20,
      skipped: { 'too-many-authenticators': 1, 'already-imported': 3 },
      refusals: [{ index: 20, because: 'too-many-authenticators' }],
    });
    expect(await listOf(id)).toHaveLength(20);
  });

  it('writes nothing in a dry run, and counts the same', async () => {
    const { id } = addPerson(portal);
    const rows = [
      row(id, randomBytes(20)),
      row('nobody', randomBytes(20)),
      row(id, randomBytes(9), { ref: '2' }),
    ];
    const counts = { read: 3, imported: 1, skipped: { 'unknown-user': 1, 'secret-too-short': 1 } };
    expect(await importRows(rows, { dryRun: true })).toMatchObject({ outcome: 'dry-run', ...counts });
    expect(await listOf(id)).toEqual([]);
    expect((await stores.records.findMember(id, 'acme')).epoch).toBeNull();
    expect(await eventsOf(id)).toEqual([]);
    expect(noted.filter(([userId]) => userId === id)).toEqual([]);
    expect(await importRows(rows)).toMatchObject({ outcome: 'imported', ...counts });
  });

  it('takes weak secrets only where that is asked for', async () => {
    const { id } = addPerson(portal);
    const rows = [row(id, randomBytes(10))];
    expect(await importRows(rows)).toMatchObject({ imported: 0, skipped: { 'secret-weak': 1 } });
    expect(await importRows(rows, { dangerouslyAllowWeakSecrets: true })).toMatchObject({ imported: 1 });
  });

  it('marks weak secrets, so that the settings ask for a new app, and keeps the mark at sign-in', async () => {
    const { id } = addPerson(portal);
    const { id: other } = addPerson(portal);
    const key = randomBytes(10);
    await importRows([row(id, key), row(other, randomBytes(16))], { dangerouslyAllowWeakSecrets: true });
    const markOf = async (userId: string) => {
      const [app] = (await stores.records.findMember(userId, 'acme')).authenticators;
      return app === undefined ? undefined : describeAuthenticator(app);
    };
    const mark = { word: 'factor.totp.weakSecret', json: { weakSecret: true } };
    expect([await markOf(id), await markOf(other)]).toEqual([mark, null]);
    expect(await signIn(id, oathCode(key, portal.clock.now()))).toBe('signed-in');
    expect(await markOf(id)).toEqual(mark);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { userId: 'ada', secret: 'x', period: 60 }, 'period'],
    ['no person', { secret: 'x' }, 'userId'],
    ['no secret', { userId: 'ada' }, 'secret'],
    ['7 digits', { userId: 'ada', secret: 'x', digits: '7' }, 'digits'],
    ['a period of 45 seconds', { userId: 'ada', secret: 'x', periodSeconds: 45 }, 'periodSeconds'],
    ['an unknown hash', { userId: 'ada', secret: 'x', algorithm: 'MD5' }, 'algorithm'],
    ['an unknown encoding', { userId: 'ada', secret: 'x', encoding: 'base58' }, 'encoding'],
    ['a ref with blanks', { userId: 'ada', secret: 'x', ref: 'a b' }, 'ref'],
  ])('names the field of a row that is wrong: %s', async (_name, given, field) => {
    const report = await importRows([given as AuthenticatorImport]);
    expect(report).toMatchObject({ imported: 0, refusals: [{ index: 0, because: 'malformed', field }] });
  });

  it('can be interrupted and run again', async () => {
    const people = Array.from({ length: 150 }, () => addPerson(portal).id);
    const rows = people.map((id) => row(id, randomBytes(20)));
    async function* interrupted() {
      yield* rows.slice(0, 120);
      throw new Error('The file ends here.');
    }
    await expect(portal.mfa.authenticators.import(interrupted())).rejects.toThrow('The file ends here.');
    expect(await importRows(rows)).toMatchObject({
      read: 150,
      imported: 50,
      skipped: { 'already-imported': 100 },
    });
  });

  it('reports nothing of a secret', async () => {
    const key = randomBytes(12);
    const report = await importRows([
      row('ada', key),
      row('nobody', key),
      { userId: 'ada', secret: `otpauth://hotp/x?secret=${key.toString('hex')}` },
      { userId: 'ada', secret: key.toString('hex'), encoding: key.toString('hex') as 'hex' },
      { userId: 'ada', secret: 'x', [key.toString('hex')]: 'ada' },
    ]);
    expect(report).toMatchObject({ read: 5, imported: 0 });
    expect(JSON.stringify(report)).not.toContain(key.toString('hex'));
  });
});
