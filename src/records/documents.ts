import { randomBytes } from 'node:crypto';
import { MfaError } from '../core/errors';
import { RecentMap } from '../core/text/recent-map';
import {
  ORGANIZATION_DOCUMENTS,
  USER_DOCUMENTS,
  ownerKey,
  type DocumentAnswer,
  type DocumentStore,
  type Owner,
} from '../stores/document-store';
import { ChangeQueue } from './change-queue';
import {
  FORMAT,
  OLDEST_WRITER,
  freeze,
  parseDocument,
  writeDocument,
  type DocumentFormat,
  type ParsedDocument,
} from './formats';

/** A document and its version in the store; null if it does not exist. */
interface Current<Value> extends ParsedDocument<Value> {
  readonly version: string | null;
}

type Values<Formats extends readonly DocumentFormat<unknown>[]> = {
  readonly [Place in keyof Formats]: Formats[Place] extends DocumentFormat<infer Value> ? Value : never;
};

/** The result of a rule. A value that is the same object is not written. */
export interface Applied<Documents, Outcome> {
  readonly next: Documents;
  readonly outcome: Outcome;
}

export interface ChangeOptions {
  /** Whether this change may create the owner's first document. Otherwise, the rule gets the absent value and nothing is written. */
  readonly creates?: boolean;
  /** Whether it may also create the document right after the owner was removed, as a sign-in does. */
  readonly begins?: boolean;
  /** Runs before other waiting changes of the owner in this process. */
  readonly isUrgent?: boolean;
}

/** How often a change is tried if other processes write first. */
const MOST_TRIES = 10;

/** How many documents this process caches. A dropped one is read in full again. */
const MOST_REMEMBERED = 20_000;

/** A request writes within this time after it has read a document. */
const LONGEST_REQUEST_MS = 60_000;

/** 128 random bits, so that two writes never choose the same version. */
const newVersion = () => randomBytes(16).toString('base64url');

/**
 * A rule is applied again if the documents changed in between. Every outcome is based on a version that the store confirmed
 * during the call.
 */
export class Documents {
  readonly #store: DocumentStore;
  readonly #queue = new ChangeQueue();
  readonly #remembered = new RecentMap<string, Current<unknown>>(MOST_REMEMBERED);
  /** Owners whose documents this process saw removed, and when by its monotonic clock. */
  readonly #removed = new RecentMap<string, number>(MOST_REMEMBERED);

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  async read<Value>(owner: Owner, format: DocumentFormat<Value>): Promise<Value> {
    return (await this.#readCurrent(owner, format)).value;
  }

  /**
   * @throws MfaError `store-unavailable` if other processes wrote first at every try, or a later version of the app has written
   * the document; `too-many-requests` if too many changes of the owner wait.
   */
  async change<const Formats extends readonly DocumentFormat<unknown>[], Outcome>(
    owner: Owner,
    formats: Formats,
    rule: (values: Values<Formats>) => Applied<Values<Formats>, Outcome>,
    options: ChangeOptions = {},
  ): Promise<Outcome> {
    return this.#queue.run(ownerKey(owner), () => this.#apply(owner, formats, rule, options), options);
  }

  /** Later changes by requests that were already running do not create the documents again. */
  remove(owner: Owner): Promise<void> {
    const names = owner.kind === 'user' ? USER_DOCUMENTS : ORGANIZATION_DOCUMENTS;
    const key = ownerKey(owner);
    const act = async () => {
      await this.#store.removeDocuments(owner);
      for (const name of names) this.#remembered.delete(cacheKey(owner, { name }));
      this.#removed.set(key, performance.now());
    };
    return this.#queue.run(key, act, { isUrgent: true });
  }

  async #apply<const Formats extends readonly DocumentFormat<unknown>[], Outcome>(
    owner: Owner,
    formats: Formats,
    rule: (values: Values<Formats>) => Applied<Values<Formats>, Outcome>,
    { creates = false, begins = false }: ChangeOptions,
  ): Promise<Outcome> {
    let current = this.#cachedRead(owner, formats);
    let isConfirmed = current === undefined;
    current ??= await this.#readAll(owner, formats);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      // The values are in the order of the formats they were read with.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const { next, outcome } = rule(current.map(({ value }): unknown => value) as Values<Formats>);
      const isChanged = current.some(({ value }, place) => next[place] !== value);
      const isAbsent = current.every(({ version }) => version === null);
      if (!isChanged || (isAbsent && !creates)) {
        if (isConfirmed) return outcome;
        // oxlint-disable-next-line no-await-in-loop
        current = await this.#readAll(owner, formats);
        isConfirmed = true;
        continue;
      }
      if (isAbsent && !begins) this.#requireNotRemoved(owner);
      // oxlint-disable-next-line no-await-in-loop
      const conflict = await this.#write(owner, { formats, current, next });
      if (conflict === undefined) return outcome;
      current = conflict;
      isConfirmed = true;
    }
    throw new MfaError('store-unavailable', 'Other processes changed the same account at each try.');
  }

  /** Returns the current documents if one did not have the expected version. */
  async #write(
    owner: Owner,
    change: {
      readonly formats: readonly DocumentFormat<unknown>[];
      readonly current: readonly Current<unknown>[];
      readonly next: readonly unknown[];
    },
  ): Promise<readonly Current<unknown>[] | undefined> {
    const { formats, current, next } = change;
    const written = formats.map((_, place) =>
      next[place] === current[place]?.value
        ? undefined
        : { version: newVersion(), body: writeDocument(next[place]) },
    );
    const changes = formats.map(({ name }, place) => {
      const expected = current[place]?.version ?? null;
      const one = written[place];
      if (one === undefined) return { name, expected };
      requireWriter(current[place]);
      return { name, expected, next: { version: one.version, body: one.body } };
    });
    const answer = await this.#store.write(owner, changes);
    // The client library may have sent the write twice: its own version in the conflict shows that it took effect.
    const isOurs =
      answer.outcome === 'conflict' &&
      written.every((one, place) => one === undefined || versionOf(answer.current[place]) === one.version);
    if (answer.outcome === 'written' || isOurs) {
      for (const [place, format] of formats.entries()) {
        const one = written[place];
        if (one === undefined) continue;
        const value = freeze(next[place]);
        this.#remembered.set(cacheKey(owner, format), {
          value,
          oldestWriter: OLDEST_WRITER,
          version: one.version,
        });
      }
      return undefined;
    }
    return formats.map((format, place) =>
      this.#keep(owner, format, answer.current[place] ?? { outcome: 'absent' }),
    );
  }

  #requireNotRemoved(owner: Owner): void {
    const removedAt = this.#removed.get(ownerKey(owner));
    if (removedAt === undefined || performance.now() - removedAt > LONGEST_REQUEST_MS) return;
    const message = 'The records of this account were removed a moment ago.';
    throw new MfaError('store-unavailable', message);
  }

  #cachedRead(
    owner: Owner,
    formats: readonly DocumentFormat<unknown>[],
  ): readonly Current<unknown>[] | undefined {
    const found = formats.map((format) => this.#remembered.get(cacheKey(owner, format)));
    return found.every((one) => one !== undefined) ? found : undefined;
  }

  #readAll(owner: Owner, formats: readonly DocumentFormat<unknown>[]): Promise<readonly Current<unknown>[]> {
    return Promise.all(formats.map((format) => this.#readCurrent(owner, format)));
  }

  async #readCurrent<Value>(owner: Owner, format: DocumentFormat<Value>): Promise<Current<Value>> {
    const known = this.#remembered.get(cacheKey(owner, format));
    const version = known?.version ?? undefined;
    const [answer] = await this.#store.read([
      { owner, name: format.name, ...(version === undefined ? {} : { known: version }) },
    ]);
    if (answer === undefined) throw new MfaError('records-unreadable', 'The store did not answer a read.');
    // The value was parsed with this format.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return this.#keep(owner, format, answer, known) as Current<Value>;
  }

  #keep(
    owner: Owner,
    format: DocumentFormat<unknown>,
    answer: DocumentAnswer,
    known?: Current<unknown>,
  ): Current<unknown> {
    if (answer.outcome === 'absent') {
      const isRemoved = this.#remembered.delete(cacheKey(owner, format));
      if (isRemoved) this.#removed.set(ownerKey(owner), performance.now());
      return { value: format.absent, oldestWriter: 1, version: null };
    }
    if (answer.outcome === 'unchanged') {
      if (known !== undefined) return known;
      throw new MfaError('records-unreadable', 'The store answered "unchanged" to a full read.');
    }
    const current = { ...parseDocument(format, answer.body), version: answer.version };
    this.#remembered.set(cacheKey(owner, format), current);
    return current;
  }
}

function cacheKey(owner: Owner, { name }: Pick<DocumentFormat<unknown>, 'name'>): string {
  return `${name} ${ownerKey(owner)}`;
}

function versionOf(answer: DocumentAnswer | undefined): string | null {
  return answer?.outcome === 'found' ? answer.version : null;
}

/** Prevents an older version from writing: it would undo restrictions that it does not know. */
function requireWriter(current: ParsedDocument<unknown> | undefined): void {
  if (current === undefined || current.oldestWriter <= FORMAT) return;
  const message = 'A later version of express-mfa has written this account. Update this app.';
  throw new MfaError('store-unavailable', message);
}
