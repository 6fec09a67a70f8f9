import { networkOf, parseAddress, usernameKey } from '../../core/address/network-address';
import { tokenHashes } from '../../core/proof/bearer-token';
import { RecentMap } from '../../core/text/recent-map';
import type { PasswordThrottle } from '../../options/options';
import type {
  PasswordAttempt,
  PasswordLimits,
  PasswordReservation,
  ReservedPassword,
} from '../../stores/password-attempts';
import type { Throttle } from '../../stores/state-store';
import { newId, type FlowContext } from '../context/context';
import { PasswordQueue, type Sleep } from './password-queue';

export interface SubmittedPassword {
  readonly username: string;
  /** `req.ip` of Express. */
  readonly address: string;
  /** The user's own live session or remembered browser, if the request comes from one. */
  readonly trusted: string | null;
  readonly isGone: () => boolean;
}

export interface Throttled {
  readonly outcome: 'throttled';
  readonly retryAfterSeconds: number;
}

/** A password that is already counted. Call one of the methods with the result of the callback. */
export interface AdmittedPassword {
  readonly outcome: 'admitted';
  /** Whether the user has not signed in from this address yet. */
  readonly isNetworkNew: boolean;
  accept(): Promise<void>;
  reject(): Promise<void>;
  /** Also keeps the count: some callbacks report a wrong password with an error. */
  fail(): Promise<void>;
}

/** A period of time. The clock may be set back, so a period that starts in the future has ended. */
interface Period {
  readonly since: number;
  readonly until: number;
}

function slowDelayMs({ since }: Period, now: number): number {
  return Math.min(SLOW_MS.most, SLOW_MS.first * 2 ** Math.floor((now - since) / SLOW_MS.doubleEvery));
}

function secondsLeft(period: Period | undefined, now: number): number {
  if (period === undefined || now < period.since) return 0;
  return Math.max(0, Math.ceil((period.until - now) / 1000));
}

type LimiterDependencies = Pick<FlowContext, 'state' | 'keyRing' | 'clock' | 'events'> & {
  readonly throttle: PasswordThrottle;
  readonly onError: (error: unknown) => void;
};

/** The key's id and 96 bits: enough to distinguish addresses. */
const NETWORK_HASH_LENGTH = 25;
const MOST_BLOCKED = 10_000;
/** After this time, a sign-in stores its address again. */
const RENEW_NETWORK_MS = 86_400_000;
/** The delay for unknown addresses during an attack with very many wrong passwords. It doubles every minute. */
const SLOW_MS = { first: 250, most: 2000, doubleEvery: 60_000 } as const;
/** The Retry-After value for a request that waited too long in the queue. */
const BUSY_SECONDS = 5;

/** Addresses from which a name never signed in share a count, so that strangers use up that one and not the owner's. */
export class PasswordLimiter {
  readonly #wired: LimiterDependencies;
  readonly #limits: PasswordLimits;
  readonly #queue: PasswordQueue;
  readonly #overall: Throttle;
  readonly #alarm: Throttle;
  readonly #sleep: Sleep;
  /** Addresses known to be blocked, so that a flood from them is not counted against any name. */
  readonly #blocked = new RecentMap<string, Period>(MOST_BLOCKED);
  #slow: Period = { since: 0, until: 0 };
  #toldOfUnreadable = false;

  constructor(wired: LimiterDependencies) {
    const { state, throttle, clock } = wired;
    const { perUsername, perAddress, overall } = throttle;
    this.#wired = wired;
    this.#limits = {
      perSource: perUsername.points,
      fromStrangers: perUsername.points * 2,
      nameSeconds: perUsername.seconds,
      perAddress: perAddress.points,
      addressSeconds: perAddress.seconds,
    };
    this.#overall = state.throttle({ name: 'password-overall', ...overall });
    this.#alarm = state.throttle({ name: 'password-alarm', points: 1, seconds: overall.seconds });
    this.#sleep = (milliseconds) =>
      clock.sleep === undefined ? delay(milliseconds) : clock.sleep(milliseconds);
    this.#queue = new PasswordQueue(this.#sleep);
  }

  /** Counts the password before it is checked, so that parallel guesses do not slip through. */
  async admit(submitted: SubmittedPassword): Promise<AdmittedPassword | Throttled> {
    const name = usernameKey(submitted.username);
    const networks = this.#networksOf(submitted.address);
    const { trusted, isGone } = submitted;
    const ask = () => this.#reserve({ id: newId(), name, networks, trusted });
    const answer = await ask();
    const reserved = answer.outcome === 'busy' ? await this.#queue.wait(answer, { ask, isGone }) : answer;
    if (reserved === null) return { outcome: 'throttled', retryAfterSeconds: BUSY_SECONDS };
    if (reserved.outcome === 'blocked')
      return { outcome: 'throttled', retryAfterSeconds: reserved.retryAfterSeconds };
    const { reservation, isFamiliar, networkSeenAt } = reserved;
    const now = this.#wired.clock.now();
    if (!isFamiliar && secondsLeft(this.#slow, now) > 0) await this.#sleep(slowDelayMs(this.#slow, now));
    return {
      outcome: 'admitted',
      isNetworkNew: networkSeenAt === null || Math.abs(now - networkSeenAt) > RENEW_NETWORK_MS,
      accept: () => this.#settle(reservation, 'right'),
      fail: () => this.#settle(reservation, 'wrong'),
      reject: async () => {
        await Promise.all([this.#settle(reservation, 'wrong'), this.#countOverall()]);
      },
    };
  }

  /** Records a complete sign-in of the name from this address, in the background. */
  noteSignIn(name: string, address: string): void {
    const [network] = this.#networksOf(address);
    const { state, clock, onError } = this.#wired;
    if (network !== undefined) state.noteNetwork(name, network, clock.now()).catch(onError);
  }

  async #reserve(attempt: Omit<PasswordAttempt, 'addressWaitSeconds'>): Promise<ReservedPassword> {
    const { state, clock } = this.#wired;
    const [network = ''] = attempt.networks;
    const now = clock.now();
    const addressWaitSeconds = secondsLeft(this.#blocked.get(network), now);
    const reserved = await state.reservePassword({ ...attempt, addressWaitSeconds }, this.#limits, now);
    if (reserved.outcome === 'blocked' && reserved.by === 'address' && addressWaitSeconds === 0)
      this.#blocked.set(network, { since: now, until: now + reserved.retryAfterSeconds * 1000 });
    return reserved;
  }

  async #settle(reservation: PasswordReservation, verdict: 'right' | 'wrong'): Promise<void> {
    const { state, clock } = this.#wired;
    await state.settlePassword(reservation, verdict, this.#limits, clock.now());
    for (const on of reservation.lines) this.#queue.release(on);
  }

  /** Password spraying: one password tried on very many names. Slows responses, but refuses nobody. */
  async #countOverall(): Promise<void> {
    const { clock, events, throttle } = this.#wired;
    if ((await this.#overall.spend('all')).outcome === 'spent') return;
    const { points, seconds } = throttle.overall;
    const now = clock.now();
    const since = secondsLeft(this.#slow, now) > 0 ? this.#slow.since : now;
    this.#slow = { since, until: now + 2 * seconds * 1000 };
    if ((await this.#alarm.spend('all')).outcome === 'blocked') return;
    events.report({ name: 'passwords-sprayed', organizationId: '', details: { moreThan: points, seconds } });
  }

  /** Empty if the address cannot be parsed: strangers must not share a count that one of them can use up. */
  #networksOf(address: string): readonly string[] {
    const parsed = parseAddress(address);
    if (parsed === null) {
      this.#reportUnreadable(address);
      return [];
    }
    const hashes = tokenHashes(this.#wired.keyRing, 'network', [networkOf(parsed)]);
    return hashes.map((hash) => hash.slice(0, NETWORK_HASH_LENGTH));
  }

  #reportUnreadable(address: string): void {
    if (this.#toldOfUnreadable) return;
    this.#toldOfUnreadable = true;
    const shown = JSON.stringify(address.slice(0, 64));
    this.#wired.onError(
      new Error(
        `req.ip is ${shown}, which is not an IP address, so passwords are not counted by address. Let the proxy send the address in X-Forwarded-For, and set \`trust proxy\` to your proxies.`,
      ),
    );
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
