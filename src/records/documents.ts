import { randomBytes } from 'node:crypto';
import { MfaError } from '../core/errors';
import { RecentMap } from '../core/text/recent-map';
import type { DocumentAnswer, DocumentStore, Owner } from '../stores/document-store';
import { ownerKey } from '../stores/owner-key';
import { ChangeQueue } from './change-queue';
import {
  FORMAT,
  parseDocument,
  writeDocument,
  type DocumentFormat,
  type ParsedDocument,
} from './document-format';

/** A document and the version that the store has of it; null for one that is not there. */
interface Standing<Value> extends ParsedDocument<Value> {
  readonly version: string | null;
}

/** The values of several formats, in their order. */
type Values<Formats extends readonly DocumentFormat<unknown>[]> = {
  readonly [Place in keyof Formats]: Formats[Place] extends DocumentFormat<infer Value> ? Value : never;
};

/** What a rule makes of the documents; a value that is the same object is not written. */
export interface Applied<Documents, Outcome> {
  readonly next: Documents;
  readonly outcome: Outcome;
}

export interface ChangeOptions {
  /** Whether the first document of the owner may begin with this change. Otherwise the rule is told of an absent one, and nothing is written. */
  readonly creates?: boolean;
  /** Goes before other changes of the owner that wait in this process. */
  readonly isUrgent?: boolean;
}

/** How often a change is made again where another process was first. */
const MOST_TRIES = 10;

/** What this process has read last; whoever is pushed out is read in full once more. */
const MOST_REMEMBERED = 20_000;

/** 128 random bits: two writes never choose the same. */
const newVersion = () => randomBytes(16).toString('base64url');

/**
 * Reads documents, and changes them by rules: what stands is read, the rule is applied, and the result is written where nothing
 * changed meanwhile; otherwise the rule is applied to what stands now. Every outcome rests on a version that the store confirmed
 * during the call.
 */
export class Documents {
  readonly #store: DocumentStore;
  readonly #queue = new ChangeQueue();
  readonly #remembered = new RecentMap<string, Standing<unknown>>(MOST_REMEMBERED);

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  async read<Value>(owner: Owner, format: DocumentFormat<Value>): Promise<Value> {
    return (await this.#readStanding(owner, format)).value;
  }

  /**
   * @throws MfaError `store-unavailable` where other processes were first every time, or where a later version of the app has
   * written the document; `too-many-requests` where too many changes of the owner wait.
   */
  change<const Formats extends readonly DocumentFormat<unknown>[], Outcome>(
    owner: Owner,
    formats: Formats,
    rule: (values: Values<Formats>) => Applied<Values<Formats>, Outcome>,
    options: ChangeOptions = {},
  ): Promise<Outcome> {
    return this.#queue.run(ownerKey(owner), () => this.#apply(owner, formats, rule, options), options);
  }

  async #apply<const Formats extends readonly DocumentFormat<unknown>[], Outcome>(
    owner: Owner,
    formats: Formats,
    rule: (values: Values<Formats>) => Applied<Values<Formats>, Outcome>,
    { creates = false }: ChangeOptions,
  ): Promise<Outcome> {
    let standing = this.#recall(owner, formats);
    let isConfirmed = standing === undefined;
    standing ??= await this.#readAll(owner, formats);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      // The values stand in the order of the formats that they were read with.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const { next, outcome } = rule(standing.map(({ value }): unknown => value) as Values<Formats>);
      const isChanged = standing.some(({ value }, place) => next[place] !== value);
      const isAbsent = standing.every(({ version }) => version === null);
      if (!isChanged || (isAbsent && !creates)) {
        if (isConfirmed) return outcome;
        const before: readonly Standing<unknown>[] = standing;
        // oxlint-disable-next-line no-await-in-loop
        standing = await this.#readAll(owner, formats);
        if (standing.every(({ version }, place) => version === before[place]?.version)) return outcome;
        isConfirmed = true;
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop
      const conflict = await this.#write(owner, { formats, standing, next });
      if (conflict === undefined) return outcome;
      standing = conflict;
      isConfirmed = true;
    }
    throw new MfaError('store-unavailable', 'Other processes changed the same account at every try.');
  }

  /** What stands, where something else stood than was expected. */
  async #write(
    owner: Owner,
    change: {
      readonly formats: readonly DocumentFormat<unknown>[];
      readonly standing: readonly Standing<unknown>[];
      readonly next: readonly unknown[];
    },
  ): Promise<readonly Standing<unknown>[] | undefined> {
    const { formats, standing, next } = change;
    const written = formats.map((_, place) =>
      next[place] === standing[place]?.value
        ? undefined
        : { version: newVersion(), body: writeDocument(next[place]) },
    );
    const changes = formats.map(({ name }, place) => {
      const expected = standing[place]?.version ?? null;
      const one = written[place];
      if (one === undefined) return { name, expected };
      requireWriter(standing[place]);
      return { name, expected, next: { version: one.version, body: one.body } };
    });
    const answer = await this.#store.write(owner, changes);
    // The client library may have sent the write twice: its own version in the conflict shows that it took effect.
    const isOurs =
      answer.outcome === 'conflict' &&
      written.every((one, place) => one === undefined || versionOf(answer.standing[place]) === one.version);
    if (answer.outcome === 'written' || isOurs) {
      for (const [place, format] of formats.entries()) {
        const one = written[place];
        if (one !== undefined) this.#keep(owner, format, { outcome: 'found', ...one });
      }
      return undefined;
    }
    return formats.map((format, place) =>
      this.#keep(owner, format, answer.standing[place] ?? { outcome: 'absent' }),
    );
  }

  #recall(
    owner: Owner,
    formats: readonly DocumentFormat<unknown>[],
  ): readonly Standing<unknown>[] | undefined {
    const found = formats.map((format) => this.#remembered.get(placeOf(owner, format)));
    return found.every((one) => one !== undefined) ? found : undefined;
  }

  #readAll(owner: Owner, formats: readonly DocumentFormat<unknown>[]): Promise<readonly Standing<unknown>[]> {
    return Promise.all(formats.map((format) => this.#readStanding(owner, format)));
  }

  async #readStanding<Value>(owner: Owner, format: DocumentFormat<Value>): Promise<Standing<Value>> {
    const known = this.#remembered.get(placeOf(owner, format));
    const version = known?.version ?? undefined;
    const [answer] = await this.#store.read([
      { owner, name: format.name, ...(version === undefined ? {} : { known: version }) },
    ]);
    if (answer === undefined) throw new MfaError('records-unreadable', 'The store gave no answer to a read.');
    // What stands under the name of a format was read by that format.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#keep(owner, format, answer, known) as Standing<Value>;
  }

  #keep(
    owner: Owner,
    format: DocumentFormat<unknown>,
    answer: DocumentAnswer,
    known?: Standing<unknown>,
  ): Standing<unknown> {
    if (answer.outcome === 'absent') {
      this.#remembered.delete(placeOf(owner, format));
      return { value: format.absent, oldestWriter: 1, version: null };
    }
    if (answer.outcome === 'unchanged') {
      if (known !== undefined) return known;
      throw new MfaError('records-unreadable', 'The store named a version that nobody asked for.');
    }
    const standing = { ...parseDocument(format, answer.body), version: answer.version };
    this.#remembered.set(placeOf(owner, format), standing);
    return standing;
  }
}

function placeOf(owner: Owner, { name }: DocumentFormat<unknown>): string {
  return `${name} ${ownerKey(owner)}`;
}

function versionOf(answer: DocumentAnswer | undefined): string | null {
  return answer?.outcome === 'found' ? answer.version : null;
}

/** A process of an older version would undo a restriction that it does not know. */
function requireWriter(standing: ParsedDocument<unknown> | undefined): void {
  if (standing === undefined || standing.oldestWriter <= FORMAT) return;
  const message = 'A later version of express-mfa has written this account. Update this app.';
  throw new MfaError('store-unavailable', message);
}
