import { createHttpAgent } from './http-agent';
import type { HttpAgent } from './http-agent';
import { createPortal, PASSWORD } from './portal';
import type { Portal } from './portal';

/** A portal behind one proxy, which tells each visitor's address, with a count of what its callback judges. */
export interface GuessedHost {
  readonly portal: Portal;
  /** The names whose passwords were judged, in order. */
  readonly judged: string[];
  /** What the callback waits for before it answers. */
  hold(until: Promise<unknown>): void;
  visitFrom(address: string): HttpAgent;
  /** A new browser at the address: the status of the answer, and why. */
  logIn(
    username: string,
    address: string,
    password?: string,
  ): Promise<readonly [status: number, because: unknown]>;
  /** The same by HTTP Basic. */
  call(username: string, address: string, password?: string): Promise<number>;
  /** Wrong passwords from ever new addresses until they are refused; how many were judged. */
  attack(username: string): Promise<number>;
}

let strangers = 0;

/** An address that nobody had before. */
export function newAddress(): string {
  strangers += 1;
  return `10.${strangers >> 16}.${(strangers >> 8) & 255}.${strangers & 255}`;
}

export function createGuessedHost(change: Parameters<typeof createPortal>[0] = {}): GuessedHost {
  const judged: string[] = [];
  let held: Promise<unknown> | null = null;
  // The tests share a Redis, and send more wrong passwords than an app sees.
  const portal: Portal = createPortal({
    passwordThrottle: { overall: { points: 1_000_000 } },
    ...change,
    async verify(username, password) {
      judged.push(username);
      const user = [...portal.users.values()].find((one) => one.username === username);
      if (held !== null) await held;
      return user?.password === password ? user : false;
    },
  });
  portal.app.set('trust proxy', 1);
  const visitFrom = (address: string) =>
    createHttpAgent(portal.app, { headers: { 'x-forwarded-for': address } });
  return {
    portal,
    judged,
    visitFrom,
    hold(until) {
      held = until;
    },
    async logIn(username, address, password = PASSWORD) {
      const { status, body } = await visitFrom(address).postJson('/mfa/login', { username, password });
      return [status, body.because];
    },
    async call(username, address, password = PASSWORD) {
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      return (await visitFrom(address).getJson('/api', { authorization })).status;
    },
    async attack(username) {
      const before = judged.length;
      for (let n = 0; n < 300; n += 1) {
        const authorization = `Basic ${Buffer.from(`${username}:guess`).toString('base64')}`;
        const { status } = await visitFrom(newAddress()).getJson('/api', { authorization });
        if (status === 429) return judged.length - before;
      }
      throw new Error('Strangers are never refused.');
    },
  };
}
