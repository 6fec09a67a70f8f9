import { giveApp } from '../../support/given-app';
import { createGuessedHost, newAddress } from '../../support/guessed-host';
import type { GuessedHost } from '../../support/guessed-host';
import { addPerson } from '../../support/member';
import { PASSWORD } from '../../support/portal';
import type { PortalUser } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// The attack: somebody who knows a username, and nothing else, sends wrong passwords for it, from one address or from
// very many, so that the owner of the name is refused.

const REFUSED = [429, 'too-many-passwords'];
const DAY = 86_400_000;
let owners = 0;

describe.each(storeKinds)('the owner of a name that is guessed at, with state in $kind,', ({ open }) => {
  let stores: ReturnType<typeof open>;
  let host: GuessedHost;
  let owner: PortalUser;
  let home: string;

  beforeEach(() => {
    stores = open();
    host = createGuessedHost({ records: stores.records, state: stores.state });
    owners += 1;
    const id = `owner-${process.pid}-${owners}-${Date.now()}`;
    owner = addPerson(host.portal, { id, username: id });
    home = newAddress();
  });

  afterEach(async () => {
    await host.portal.mfa.close();
    stores.close();
  });

  it('signs in from elsewhere while one address guesses', async () => {
    const attacker = newAddress();
    for (let n = 0; n < 40; n += 1) await host.call(owner.username, attacker, 'guessed');
    expect(host.judged).toHaveLength(10);
    expect(await host.logIn(owner.username, attacker)).toEqual(REFUSED);
    expect((await host.logIn(owner.username, home))[0]).toBe(200);
  });

  it('signs in from where they signed in before while very many addresses guess', async () => {
    await host.logIn(owner.username, home);
    expect(await host.attack(owner.username)).toBe(20);
    const { length } = host.judged;
    expect(await host.logIn(owner.username, newAddress())).toEqual(REFUSED);
    expect(host.judged).toHaveLength(length);
    expect((await host.logIn(owner.username, home))[0]).toBe(200);
    expect(await host.logIn(owner.username, home, 'mistyped')).toEqual([401, 'wrong-credentials']);
  });

  it('is known at an address for as long as they keep coming back, and not much longer', async () => {
    await host.logIn(owner.username, home);
    for (const days of [60, 60, 91]) {
      host.portal.clock.advance(days * DAY);
      // On Redis the count of strangers goes by the clock of Redis, and is used up already.
      await host.attack(owner.username);
      const expected = days === 91 ? 429 : 200;
      expect([days, (await host.logIn(owner.username, home))[0]]).toEqual([days, expected]);
    }
  });

  it('signs in from anywhere in the network of a known IPv6 address', async () => {
    await host.logIn(owner.username, '2001:db8:77:1::1');
    await host.attack(owner.username);
    expect((await host.logIn(owner.username, '2001:db8:77:1:aaaa::2'))[0]).toBe(200);
    expect(await host.logIn(owner.username, '2001:db8:77:2::1')).toEqual(REFUSED);
  });

  it('signs in from where they signed in before although everybody else there is blocked', async () => {
    await host.logIn(owner.username, home);
    for (let n = 0; n < 100; n += 1) await host.call(`somebody-${n}`, home, 'guessed');
    expect(await host.logIn(addPerson(host.portal).username, home)).toEqual(REFUSED);
    await host.attack(owner.username);
    expect((await host.logIn(owner.username, home))[0]).toBe(200);
  });

  it('signs in with a code, and is known there only after it', async () => {
    await host.portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const app = await giveApp(host.portal, owner.id);
    const thief = newAddress();
    expect((await host.logIn(owner.username, thief))[0]).toBe(200);
    const browser = host.visitFrom(home);
    await browser.postJson('/mfa/login', { username: owner.username, password: PASSWORD });
    const proven = await browser.postJson('/mfa/challenge', { code: app.nextCode() });
    expect(proven.body).toMatchObject({ outcome: 'signed-in' });
    await host.attack(owner.username);
    expect(await host.logIn(owner.username, thief)).toEqual(REFUSED);
    expect((await host.logIn(owner.username, home))[0]).toBe(200);
    await host.portal.mfa.policies.save('acme', { enabled: false });
  });

  it('signs in from a remembered browser anywhere, and a stranger does not with its cookie', async () => {
    const rememberBrowserSeconds = 30 * 86_400;
    const policy = { enabled: true, enrollment: 'required', rememberBrowserSeconds } as const;
    await host.portal.mfa.policies.save('acme', policy);
    const app = await giveApp(host.portal, owner.id);
    const laptop = host.visitFrom(home);
    await laptop.postJson('/mfa/login', { username: owner.username, password: PASSWORD });
    await laptop.postJson('/mfa/challenge', { code: app.nextCode(), rememberBrowser: true });
    await laptop.postJson('/mfa/logout');
    const other = addPerson(host.portal);
    for (const { username } of [owner, other]) await host.attack(username);
    const enter = (username: string, password: string) =>
      laptop.postJson('/mfa/login', { username, password }, { 'x-forwarded-for': newAddress() });
    expect((await enter(other.username, PASSWORD)).status).toBe(429);
    expect((await enter(owner.username, 'mistyped')).status).toBe(401);
    expect((await enter(owner.username, PASSWORD)).body).toMatchObject({ outcome: 'signed-in' });
    await laptop.postJson('/mfa/logout');
    for (let n = 0; n < 9; n += 1) expect((await enter(owner.username, 'mistyped')).status).toBe(401);
    expect((await enter(owner.username, PASSWORD)).status).toBe(429);
    await host.portal.mfa.policies.save('acme', { enabled: false });
  });

  it('confirms a change, and signs in again, in the session that they have', async () => {
    await host.portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const session = host.visitFrom(home);
    await session.postJson('/mfa/login', { username: owner.username, password: PASSWORD });
    await host.attack(owner.username);
    for (let n = 0; n < 100; n += 1) await host.call(`somebody-${n}`, home, 'guessed');
    const elsewhere = { 'x-forwarded-for': newAddress() };
    const stepUp = (password: string) => session.postJson('/mfa/step-up', { password }, elsewhere);
    expect((await stepUp('mistyped')).status).toBe(401);
    expect((await stepUp(PASSWORD)).body).toMatchObject({ outcome: 'stepped-up' });
    const other = addPerson(host.portal);
    await host.attack(other.username);
    const { username } = other;
    const foreign = await session.postJson('/mfa/login', { username, password: PASSWORD }, elsewhere);
    expect(foreign.status).toBe(429);
    const again = { username: owner.username, password: PASSWORD };
    expect((await session.postJson('/mfa/login', again, elsewhere)).status).toBe(200);
    for (let n = 0; n < 10; n += 1) expect((await stepUp('guessed')).status).toBe(401);
    expect((await stepUp(PASSWORD)).status).toBe(429);
    await host.portal.mfa.policies.save('acme', { enabled: false });
  });

  it('calls the API where they called it before, and nobody else’s calls change that', async () => {
    await host.portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await host.portal.mfa.members.exempt(
      { userId: owner.id, organizationId: 'acme', actorId: 'ada' },
      { reason: 'Nightly import', until: host.portal.clock.now() + DAY },
    );
    const asked = addPerson(host.portal);
    expect(await host.call(owner.username, home)).toBe(200);
    expect(await host.call(asked.username, home)).toBe(403);
    for (const { username } of [owner, asked]) await host.attack(username);
    expect(await host.call(owner.username, newAddress())).toBe(429);
    for (let n = 0; n < 12; n += 1) expect(await host.call(owner.username, home)).toBe(200);
    // The password alone let nobody in, so it made no address known.
    expect(await host.call(asked.username, home)).toBe(429);
    await host.portal.mfa.policies.save('acme', { enabled: false });
  });

  it('has the whole count of strangers left after what a blocked address sent', async () => {
    const attacker = newAddress();
    for (let n = 0; n < 100; n += 1) await host.call(`somebody-${n}`, attacker, 'guessed');
    const blocked = await Promise.all(
      Array.from({ length: 40 }, () => host.call(owner.username, attacker, 'guessed')),
    );
    expect(new Set(blocked)).toEqual(new Set([429]));
    expect(await host.attack(owner.username)).toBe(20);
  });

  it('is not affected by a blocked address, and its own address is stored once a day', async () => {
    const { state } = stores;
    const waits: number[] = [];
    const noted: string[] = [];
    const watched = createGuessedHost({
      records: stores.records,
      state: {
        ...state,
        reservePassword(attempt, limits, now) {
          waits.push(attempt.addressWaitSeconds);
          return state.reservePassword(attempt, limits, now);
        },
        noteNetwork(name, network, now) {
          noted.push(name);
          return state.noteNetwork(name, network, now);
        },
      },
    });
    const person = addPerson(watched.portal);
    for (let n = 0; n < 3; n += 1) expect((await watched.logIn(person.username, home))[0]).toBe(200);
    expect(noted).toHaveLength(1);
    const attacker = newAddress();
    for (let n = 0; n < 103; n += 1) await watched.call(`somebody-${n}`, attacker, 'guessed');
    // The first that is refused tells the process.
    expect(waits.slice(0, -2).every((seconds) => seconds === 0)).toBe(true);
    expect(waits.slice(-2).every((seconds) => seconds > 0 && seconds <= 900)).toBe(true);
    await watched.portal.mfa.close();
  });

  it.each([
    [1, 10],
    [8, 80],
    [160, 100],
  ])('waits where 160 come at once for %d names behind a slow callback', async (count, most) => {
    const people = Array.from({ length: count }, () => addPerson(host.portal));
    const names = Array.from({ length: 160 }, (_item, n) => people[n % count]?.username ?? '');
    let release: (value: unknown) => void = () => undefined;
    host.hold(new Promise((resolve) => (release = resolve)));
    const answers = names.map((name) => host.call(name, home));
    while (host.judged.length < most) await new Promise((resolve) => setImmediate(resolve));
    release(null);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
  });

  it('waits for what another process judges', async () => {
    const other = createGuessedHost({ records: stores.records, state: stores.state });
    other.portal.users.set(owner.id, owner);
    let release: (value: unknown) => void = () => undefined;
    other.hold(new Promise((resolve) => (release = resolve)));
    const held = Array.from({ length: 10 }, () => other.call(owner.username, home));
    while (other.judged.length < 10) await new Promise((resolve) => setImmediate(resolve));
    const waiting = host.call(owner.username, home);
    // It is asked only after the others, as the store saw them first.
    expect((await host.logIn(addPerson(host.portal).username, home))[0]).toBe(200);
    expect(host.judged).not.toContain(owner.username);
    release(null);
    expect(await Promise.all([...held, waiting])).toEqual(Array.from({ length: 11 }, () => 200));
    await other.portal.mfa.close();
  });

  it('is refused at once where those that came before are wrong', async () => {
    let release: (value: unknown) => void = () => undefined;
    host.hold(new Promise((resolve) => (release = resolve)));
    const guesses = Array.from({ length: 40 }, () => host.call(owner.username, home, 'guessed'));
    while (host.judged.length < 10) await new Promise((resolve) => setImmediate(resolve));
    const right = host.call(owner.username, home);
    release(null);
    expect(await right).toBe(429);
    expect((await Promise.all(guesses)).filter((status) => status === 401)).toHaveLength(10);
    expect(host.judged).toHaveLength(10);
  });

  it('does not reset the strangers’ count by signing in', async () => {
    await host.logIn(owner.username, home);
    for (let n = 0; n < 19; n += 1) await host.call(owner.username, newAddress(), 'guessed');
    for (let n = 0; n < 3; n += 1) expect((await host.logIn(owner.username, home))[0]).toBe(200);
    expect(await host.attack(owner.username)).toBe(1);
  });
});
