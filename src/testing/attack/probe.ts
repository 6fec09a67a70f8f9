import type { OutboxMessage } from '../../delivery/outbox';
import type { AttackAnswer, AttackBrowser, AttackRequest, BrowserChange } from './browser';
import type { AttackRoute } from './list-routes';
import type { AttackedPerson, StateMachine } from './states';

/** An attack that got through. */
export interface Finding {
  /** The request, and the state of its sender. */
  readonly request: string;
  /** The answer. */
  readonly saw: string;
}

/** One way to attack an app. To add one to the package, list it in `attack.ts`; in your own tests, pass it as `probes`. */
export interface Probe {
  /** In kebab case, used by reports and `skip`. */
  readonly name: string;
  /** The requirements of OWASP ASVS 5.0.0 that a finding violates. */
  readonly asvs: readonly string[];
  /** What must be true of the app. */
  readonly sentence: string;
  /** Attacks the app, and returns what got through. */
  run(target: AttackTarget): Promise<readonly Finding[]>;
}

/** The app under attack, as a probe sees it. */
export interface AttackTarget extends StateMachine {
  readonly pagesPath: string;
  /** Routes that must be refused before the second factor: all except public ones and the pages of the package. */
  readonly guarded: readonly AttackRoute[];
  /** Public routes. */
  readonly open: readonly AttackRoute[];
  /** Whether the path belongs to the pages of the package, which the tests of the package attack. */
  isOwn(path: string): boolean;
  /** Guarded paths that answer a signed-in person with a page or data. Never empty. */
  readonly inside: readonly string[];
  /** A browser without cookies. */
  visit(change?: BrowserChange): AttackBrowser;
  /** Signs in with another name or password. */
  attempt(
    person: Pick<AttackedPerson, 'username' | 'password'>,
    change?: BrowserChange,
  ): Promise<AttackBrowser>;
  readonly person: AttackedPerson;
  /** Whether the browser can open a guarded page. */
  isInside(browser: AttackBrowser): Promise<boolean>;
  /** Whether the request got past the guard. */
  isReached(request: AttackRequest, answer: AttackAnswer): boolean;
  /** The person's second factors, as text to compare. */
  factors(): Promise<string>;
  /** All messages, including those still being sent. Empty without `outbox`. */
  messages(): Promise<readonly OutboxMessage[]>;
}
