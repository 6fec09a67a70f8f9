import { MfaError } from '../../core/errors';
import type { Directory } from '../../options/directory';
import type { Records } from '../../records/records';

const LONGEST_WAIT_MS = 5000;
const MOST_LATE = 10_000;

/**
 * Tells the host's user table who has a factor. A table that fails must not take an enrollment or a reset down with it: by then
 * the factor is bound, or gone. The failure is reported and the note is made again, by `mfa.retryNotices()` twice a minute and
 * at the person's next proof, until the table has it. Nothing is let in meanwhile: a factor that the table does not know of is
 * asked for all the same, and one that it still knows of reads as lost records.
 */
export class EnrollmentNotes {
  readonly #directory: Pick<Directory, 'noteEnrolled'>;
  readonly #records: Pick<Records, 'findMember'>;
  readonly #onError: (error: unknown) => void;
  readonly #late = new Set<string>();

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
      await answerInTime(this.#directory.noteEnrolled(userId, enrolled));
      this.#late.delete(userId);
    } catch (cause) {
      this.#late.add(userId);
      const [oldest] = this.#late;
      if (this.#late.size > MOST_LATE && oldest !== undefined) this.#late.delete(oldest);
      this.#onError(
        new MfaError('user-unavailable', 'users.noteEnrolled failed. It is called again until it works.', {
          cause,
        }),
      );
    }
  }

  /** For a person who lost a factor, which may have been the last one. */
  async noteIfNone(userId: string): Promise<void> {
    if (await this.#isEnrolled(userId)) return;
    await this.note(userId, false);
    // Enrolled meanwhile: a note of "none" must not stand, since it lets lost records pass for none.
    if (await this.#isEnrolled(userId)) await this.note(userId, true);
  }

  /** Makes the notes that failed, by what the records say now. */
  async retry(): Promise<void> {
    await Promise.all(
      [...this.#late].map(async (userId) => {
        if (await this.#isEnrolled(userId)) await this.note(userId, true);
        else await this.noteIfNone(userId);
      }),
    );
  }

  async #isEnrolled(userId: string): Promise<boolean> {
    // Authenticators belong to the person, whatever the organization.
    const { authenticators } = await this.#records.findMember(userId, 'default');
    return authenticators.length > 0;
  }
}

/** The host's table may hang; an answer that comes later is no harm. */
async function answerInTime(noted: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`It did not answer within ${LONGEST_WAIT_MS} ms.`)),
      LONGEST_WAIT_MS,
    );
  });
  noted.catch(() => undefined);
  try {
    await Promise.race([noted, late]);
  } finally {
    clearTimeout(timer);
  }
}
