import { MfaError } from '../../core/errors';
import type { Directory } from '../../options/directory';
import type { Records } from '../../records/records';

const LONGEST_WAIT_MS = 5000;
const MAX_UNSAVED = 10_000;

/**
 * A failing table must not make an enrollment or a reset fail: by then, the factor is already stored or removed. The note is
 * repeated by `mfa.retryNotices()` and at the person's next proof. Protection does not depend on it: a factor missing in the
 * table is still required, and a removed one that it still lists looks like lost records.
 */
export class EnrollmentNotes {
  readonly #directory: Pick<Directory, 'noteEnrolled'>;
  readonly #records: Pick<Records, 'findMember'>;
  readonly #onError: (error: unknown) => void;
  readonly #unsaved = new Set<string>();

  constructor(of: {
    readonly directory: Pick<Directory, 'noteEnrolled'>;
    readonly records: Pick<Records, 'findMember'>;
    readonly onError: (error: unknown) => void;
  }) {
    this.#directory = of.directory;
    this.#records = of.records;
    this.#onError = of.onError;
  }

  /** Never rejects. */
  async note(userId: string, enrolled: boolean): Promise<void> {
    try {
      await withTimeout(this.#directory.noteEnrolled(userId, enrolled));
      this.#unsaved.delete(userId);
    } catch (cause) {
      this.#unsaved.add(userId);
      const [oldest] = this.#unsaved;
      if (this.#unsaved.size > MAX_UNSAVED && oldest !== undefined) this.#unsaved.delete(oldest);
      this.#onError(
        new MfaError('user-unavailable', 'users.noteEnrolled failed. It is called again until it works.', {
          cause,
        }),
      );
    }
  }

  /** Call it after a factor was removed. Tells the table if it was the last one. */
  async noteIfNone(userId: string): Promise<void> {
    if (await this.#isEnrolled(userId)) return;
    await this.note(userId, false);
    // If the person enrolled in between, correct the note: with "none" in the table, lost records would look like "never
    // enrolled".
    if (await this.#isEnrolled(userId)) await this.note(userId, true);
  }

  /** Repeats the notes that failed, according to the current records. */
  async retry(): Promise<void> {
    await Promise.all(
      [...this.#unsaved].map(async (userId) => {
        if (await this.#isEnrolled(userId)) await this.note(userId, true);
        else await this.noteIfNone(userId);
      }),
    );
  }

  async #isEnrolled(userId: string): Promise<boolean> {
    // Authenticators belong to the person, so any organization id works.
    const { authenticators } = await this.#records.findMember(userId, 'default');
    return authenticators.length > 0;
  }
}

/** The host's table may hang. A late answer does no harm. */
async function withTimeout(noted: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`It did not answer within ${LONGEST_WAIT_MS} ms.`)),
      LONGEST_WAIT_MS,
    );
  });
  try {
    await Promise.race([noted, late]);
  } finally {
    clearTimeout(timer);
  }
}
