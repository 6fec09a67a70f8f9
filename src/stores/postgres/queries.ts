import { MfaError } from '../../core/errors';

/** The part of a `pg` client that is used. */
export interface PostgresClient {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  /** With true, the connection is closed instead of reused. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
}

/** A pool of the package `pg`. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}

export type Row = Readonly<Record<string, unknown>>;

/** Runs statements. Each resolves, or rejects with an `MfaError`, within the timeout. */
export interface Queries {
  /** Runs one statement as its own transaction. Statements have no names, so that a pooler can share connections. */
  run(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  onOneClient<Result>(work: (run: Queries['run']) => Promise<Result>): Promise<Result>;
}

/** Conflicts with another transaction. The same statement may succeed if it is sent again. */
const SERIALIZATION_FAILURES: ReadonlySet<string> = new Set(['40001', '40P01']);
const MOST_TRIES = 3;

export function openQueries(pool: PostgresPool, timeoutMs: number): Queries {
  async function onOneClient<Result>(work: (run: Queries['run']) => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + timeoutMs;
    const client = await takeClient(pool, timeoutMs);
    client.on('error', ignoreError);
    let isUsable = false;
    try {
      const result = await work(async (text, values) => {
        isUsable = false;
        const answer = await withTimeout(client.query(text, values), deadline - Date.now());
        isUsable = true;
        // The result of several statements is a list.
        return 'rows' in answer ? answer.rows.map(toRow) : [];
      });
      return result;
    } catch (error) {
      // If the server refused the statement, the connection itself is usable. Network errors also have codes, such as EPIPE.
      isUsable ||= codeOf(error) !== undefined && isOfServer(error);
      throw toStoreError(error);
    } finally {
      client.removeListener('error', ignoreError);
      // Close an unusable connection: its next user could get the answer of a statement that is still running.
      client.release(!isUsable);
    }
  }

  return {
    onOneClient,
    async run(text, values = []) {
      for (let tries = 1; ; tries += 1) {
        try {
          // oxlint-disable-next-line no-await-in-loop
          return await onOneClient((run) => run(text, values));
        } catch (error) {
          const code = error instanceof MfaError ? codeOf(error.cause) : undefined;
          if (tries === MOST_TRIES || code === undefined || !SERIALIZATION_FAILURES.has(code)) throw error;
        }
      }
    },
  };
}

/** A broken connection rejects the current statement. It also emits an error, which would end the process without a listener. */
function ignoreError(): void {}

async function takeClient(pool: PostgresPool, timeoutMs: number): Promise<PostgresClient> {
  const connecting = pool.connect();
  try {
    return await withTimeout(connecting, timeoutMs);
  } catch (error) {
    // Release a connection that arrives too late.
    void connecting.then((client) => client.release()).catch(() => undefined);
    throw toStoreError(error);
  }
}

function withTimeout<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(unavailable('it did not answer in time'));
    const timer = setTimeout(late, Math.max(0, milliseconds));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function toRow(row: unknown): Row {
  if (typeof row !== 'object' || row === null) throw unreadable('rows');
  return { ...row };
}

export function unavailable(reason: string, cause?: unknown): MfaError {
  return new MfaError('store-unavailable', `PostgreSQL is unavailable: ${reason}`, { cause });
}

export function unreadable(what: string, cause?: unknown): MfaError {
  return new MfaError('records-unreadable', `PostgreSQL has unexpected data instead of ${what}.`, { cause });
}

export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Only errors from the server have a severity. */
function isOfServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error;
}

/** Explanations for the database administrator, by error code (PostgreSQL, appendix A). */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['25006', 'it is read-only, such as a replica: connect to the primary'],
  ['3F000', 'the schema does not exist: run `await records.migrate()` once, before the app starts'],
  ['42P01', 'a table does not exist: run `await records.migrate()` once, before the app starts'],
  ['42501', 'this role may not read or write the tables: grant it SELECT, INSERT, UPDATE and DELETE on them'],
  ['53100', 'its disk is full'],
  ['53200', 'it is out of memory'],
  ['53300', 'it has no connection left: raise max_connections or use a pooler'],
  ['57014', 'the statement was cancelled, as by statement_timeout'],
  ['57P01', 'it is shutting down'],
  ['57P03', 'it is starting'],
]);

export function toStoreError(error: unknown): MfaError {
  if (error instanceof MfaError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return unavailable((code === undefined ? undefined : REASONS.get(code)) ?? message, error);
}
