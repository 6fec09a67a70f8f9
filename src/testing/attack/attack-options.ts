import type { Outbox } from '../../delivery/outbox';
import type { TestClock } from '../test-clock';
import type { AttackedMfa, AttackedPerson } from './attacked-person';
import type { AttackBrowser } from './browser';
import type { Probe } from './probe';

export interface AttackOptions {
  /** With stores of the test: the policy of the organization and the factors of the person are changed. */
  readonly mfa: AttackedMfa;
  readonly person: AttackedPerson;
  /**
   * Your own first step, such as a form with a password. Default: `POST` to the sign-in page of the package.
   * @example
   * signIn: (browser, { username, password }) => browser.post('/login', { username, password })
   */
  readonly signIn?:
    | ((
        browser: AttackBrowser,
        person: Pick<AttackedPerson, 'username' | 'password'>,
      ) => PromiseLike<unknown>)
    | undefined;
  /** Where messages arrive. Without it, messages are not looked at. */
  readonly outbox?: Pick<Outbox, 'messages'> | undefined;
  /** The clock of `createMfa`. It moves on 30 seconds for each sign-in, because a code is accepted once. */
  readonly clock: Pick<TestClock, 'now' | 'advance'>;
  /** Requests that cannot be read from the app's routers, or need an id that exists: `GET /orders/17`. */
  readonly routes?: readonly string[] | undefined;
  /** What is meant for everybody: `/signup`, `POST /contact`, `/docs/*`. All else must be refused before the second factor. */
  readonly publicRoutes?: readonly string[] | undefined;
  /** Runs these probes alone. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Left out: a probe (`open-redirect`), or one request of it (`csrf POST /api/orders`). */
  readonly skip?: readonly string[] | undefined;
  /** More probes, of your own. */
  readonly probes?: readonly Probe[] | undefined;
  /** Sent with every request, such as `{ 'x-forwarded-proto': 'https' }` for an app that expects a proxy. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where `mfa.pages()` is mounted. Default `/mfa`. */
  readonly pagesPath?: string | undefined;
  /** The field of the CSRF token, if your own middleware checks it. Default `_csrf`. */
  readonly csrfField?: string | undefined;
}
