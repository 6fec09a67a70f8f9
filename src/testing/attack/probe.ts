import type { OutboxMessage } from '../../delivery/outbox';
import type { AttackAnswer, AttackBrowser, AttackRequest, BrowserChange } from './browser';
import type { AttackRoute } from './list-routes';
import type { AttackedPerson, StateMachine } from './states';

/** Something that got through. */
export interface Finding {
  /** What was sent, and by whom. */
  readonly request: string;
  /** What was answered. */
  readonly saw: string;
}

/**
 * One way to attack an app. To add one, write such an object and put it into the list in `probes.ts`; in your own tests, pass it as
 * `probes`.
 */
export interface Probe {
  /** In kebab case. Reports and `skip` use it. */
  readonly name: string;
  /** Requirements of OWASP ASVS 5.0.0 that a finding breaks. */
  readonly asvs: readonly string[];
  /** What has to hold. */
  readonly sentence: string;
  /** Attacks, and answers with what got through. */
  run(target: AttackTarget): Promise<readonly Finding[]>;
}

/** The app under attack, as a probe sees it. */
export interface AttackTarget extends StateMachine {
  readonly pagesPath: string;
  /** What has to be refused before the second factor: every route but public ones and the pages of the package. */
  readonly guarded: readonly AttackRoute[];
  /** Meant for everybody. */
  readonly open: readonly AttackRoute[];
  /** Whether the path belongs to the pages of the package, which the tests of the package attack. */
  isOwn(path: string): boolean;
  /** Guarded paths that answer a signed-in person with a page or data. */
  readonly inside: readonly string[];
  /** A browser without cookies. */
  visit(change?: BrowserChange): AttackBrowser;
  /** Signs in with another name or password. */
  attempt(
    person: Pick<AttackedPerson, 'username' | 'password'>,
    change?: BrowserChange,
  ): Promise<AttackBrowser>;
  readonly person: AttackedPerson;
  /** Whether a guarded page lets the browser in. */
  isInside(browser: AttackBrowser): Promise<boolean>;
  /** Whether the request got past the guard. */
  isReached(request: AttackRequest, answer: AttackAnswer): boolean;
  /** What the app knows of the person's second factors, as text that changes with them. */
  factors(): Promise<string>;
  /** Everything that was sent, also what is on its way. Empty without `outbox`. */
  messages(): Promise<readonly OutboxMessage[]>;
}
