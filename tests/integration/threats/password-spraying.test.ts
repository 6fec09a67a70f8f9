import type { MfaEvent } from '../../../src/index';
import { createClock } from '../../support/clock';
import { createGuessedHost, newAddress } from '../../support/guessed-host';
import type { GuessedHost } from '../../support/guessed-host';
import { addPerson } from '../../support/member';
import { PASSWORD } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { storeKinds } from '../../support/store-kinds';

// The attack: the password that somebody is sure to have is tried once at each of very many names, each time from another
// address, so that no count of a name or of an address notices.

const OVERALL = { points: 30, seconds: 60 };
let people = 0;

describe.each(storeKinds)('one password at very many names, with state in $kind,', ({ open }) => {
  let stores: ReturnType<typeof open>;
  let clock: ReturnType<typeof createClock>;
  let host: GuessedHost;
  let slept: number[];
  let told: MfaEvent[];

  async function start(): Promise<GuessedHost> {
    const sleep = async (milliseconds: number) => void slept.push(milliseconds);
    const started = createGuessedHost({
      records: stores.records,
      state: stores.state,
      clock: { now: () => clock.now(), sleep },
      passwordThrottle: { overall: OVERALL },
    });
    started.portal.mfa.events.on('passwords-sprayed', (event) => told.push(event));
    return started;
  }

  /** As many wrong passwords, each for another name from another address. */
  async function spray(count: number, by = host): Promise<ReadonlySet<number>> {
    const statuses = new Set<number>();
    for (let n = 0; n < count; n += 1) {
      people += 1;
      statuses.add(await by.call(`name-${people}`, newAddress(), 'Winter2026!'));
    }
    return statuses;
  }

  beforeEach(async () => {
    const redis = connectRedis();
    await redis.flushdb();
    redis.disconnect();
    stores = open();
    clock = createClock();
    [slept, told] = [[], []];
    host = await start();
  });

  afterEach(async () => {
    await host.portal.mfa.close();
    stores.close();
  });

  it('is reported once per window and answered more slowly', async () => {
    await spray(OVERALL.points);
    expect([told, slept]).toEqual([[], []]);
    expect(await spray(10)).toEqual(new Set([401]));
    expect(told).toMatchObject([{ details: { moreThan: 30, seconds: 60 } }]);
    expect(slept).toEqual(Array.from({ length: 9 }, () => 250));
    for (const [after, milliseconds] of [
      [60_000, 500],
      [60_000, 1000],
      [119_000, 2000],
      [119_000, 2000],
    ] as const) {
      clock.advance(after);
      slept = [];
      await spray(1);
      expect(slept).toEqual([milliseconds]);
    }
    clock.advance(120_000);
    slept = [];
    await spray(1);
    expect(slept).toEqual([]);
  });

  it('does not keep out a right password, nor slow down a known address', async () => {
    const [known, other] = [addPerson(host.portal), addPerson(host.portal)];
    const home = newAddress();
    await host.logIn(known.username, home);
    await spray(60);
    slept = [];
    expect((await host.logIn(known.username, home))[0]).toBe(200);
    expect(slept).toEqual([]);
    expect((await host.logIn(other.username, newAddress()))[0]).toBe(200);
    expect(slept).toEqual([250]);
  });

  it('is not reported if the passwords are right', async () => {
    const names = Array.from({ length: 40 }, () => addPerson(host.portal).username);
    for (const name of names) expect(await host.call(name, newAddress(), PASSWORD)).toBe(200);
    expect([told, slept]).toEqual([[], []]);
  });

  it('is counted over all processes', async () => {
    const other = await start();
    await spray(OVERALL.points, other);
    await spray(10);
    expect(told).toHaveLength(1);
    await other.portal.mfa.close();
  });
});
