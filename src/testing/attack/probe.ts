import type { AttackTarget } from './target';

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
