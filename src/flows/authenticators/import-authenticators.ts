import * as z from 'zod';
import type { Authenticator } from '../../core/member/authenticator';
import { parseAlgorithm, SECRET_ENCODINGS } from '../../core/proof/imported-secret';
import { sealSecret } from '../../core/proof/secrets';
import { hostIdText } from '../../core/text/host-id';
import type { ImportedFactor } from '../../factors/factor';
import { IMPORTED_FACTOR } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import { newId, type FlowContext } from '../context/context';
import { reasonDetail } from '../sessions/end-sessions';

export interface ImportRequest {
  /** From a file or another database. Each row is validated. */
  readonly rows: Iterable<unknown> | AsyncIterable<unknown>;
  readonly actorId: string;
  readonly reason: string | undefined;
  /** Counts what would be imported, and writes nothing. */
  readonly dryRun: boolean;
  readonly allowWeak: boolean;
  /** `usual`: the label of a row without one. `clean`: the stored form of a row's label, or null if nothing is left of it. */
  readonly label: { readonly usual: string; clean(text: string): string | null };
}

/** A row that was not imported. Contains nothing of the secret. */
export interface ImportRefusal {
  /** From 0. */
  readonly index: number;
  readonly userId?: string;
  readonly because: string;
  /** The invalid field, if the row is `malformed`. */
  readonly field?: string;
}

export interface ImportReport {
  readonly outcome: 'imported' | 'dry-run';
  readonly read: number;
  /** In a dry run, what would be imported. */
  readonly imported: number;
  /** Rows that were not imported, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The first 100 refusals, not counting rows that an earlier run imported. */
  readonly refusals: readonly ImportRefusal[];
}

const ROWS_A_BATCH = 100;
const MOST_REFUSALS = 100;

/** In a CSV file, every value is a string. */
const whole = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]);

const ROW = z.strictObject({
  userId: z.custom((value) => hostIdText(value) !== null).transform((value) => hostIdText(value) ?? ''),
  secret: z.string().min(1).max(1000),
  encoding: z.enum(SECRET_ENCODINGS).optional(),
  algorithm: z
    .string()
    .transform((text) => parseAlgorithm(text))
    .refine((algorithm) => algorithm !== undefined)
    .optional(),
  digits: whole.pipe(z.literal([6, 8])).optional(),
  periodSeconds: whole.pipe(z.literal([30, 60])).optional(),
  label: z.string().optional(),
  ref: z
    .string()
    .regex(/^[\w.:-]{1,64}$/)
    .default('default'),
});

type Row = z.infer<typeof ROW>;

interface NumberedRow {
  readonly index: number;
  readonly row: Row;
}

/** Once per person and `ref`, so an interrupted import can simply be run again. Never over an authenticator set up here. */
export async function importAuthenticators(
  context: FlowContext,
  request: ImportRequest,
): Promise<ImportReport> {
  let [read, imported] = [0, 0];
  const skipped: Record<string, number> = {};
  const refusals: ImportRefusal[] = [];
  for await (const batch of inBatches(request.rows)) {
    for (const result of await importBatch(context, request, batch, read)) {
      if (result.because === 'imported') imported += 1;
      else {
        skipped[result.because] = (skipped[result.because] ?? 0) + 1;
        if (result.because !== 'already-imported' && refusals.length < MOST_REFUSALS) refusals.push(result);
      }
    }
    read += batch.length;
  }
  return { outcome: request.dryRun ? 'dry-run' : 'imported', read, imported, skipped, refusals };
}

async function* inBatches(rows: ImportRequest['rows']): AsyncGenerator<readonly unknown[]> {
  let batch: unknown[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < ROWS_A_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function importBatch(
  context: FlowContext,
  request: ImportRequest,
  batch: readonly unknown[],
  offset: number,
): Promise<readonly ImportRefusal[]> {
  const refused: ImportRefusal[] = [];
  const ofUser = new Map<string, NumberedRow[]>();
  for (const [place, given] of batch.entries()) {
    const index = offset + place;
    const parsed = ROW.safeParse(given);
    if (parsed.success) {
      const rows = ofUser.get(parsed.data.userId) ?? [];
      ofUser.set(parsed.data.userId, [...rows, { index, row: parsed.data }]);
    } else {
      refused.push({ index, because: 'malformed', field: fieldOf(parsed.error) });
    }
  }
  const accounts = await context.directory.findMany([...ofUser.keys()]);
  const results = await Promise.all(
    [...ofUser].map(async ([userId, rows]) => {
      const done: ImportRefusal[] = [];
      for (const { index, row } of rows) {
        // Import the rows of one person in sequence: each result affects the next.
        // oxlint-disable-next-line no-await-in-loop
        done.push({ index, userId, because: await importRow(context, request, accounts.get(userId), row) });
      }
      return done;
    }),
  );
  return [...refused, ...results.flat()].toSorted((one, other) => one.index - other.index);
}

/** Every secret is longer than this, in any encoding. */
const LONGEST_FIELD = 9;

/** Returns the name of the field, never a value. In a file without a header line, values are where names should be. */
function fieldOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue?.code !== 'unrecognized_keys') return String(issue?.path[0] ?? '');
  const [name = ''] = issue.keys;
  return name.length > LONGEST_FIELD ? '' : name;
}

async function importRow(
  context: FlowContext,
  request: ImportRequest,
  account: Account | undefined,
  row: Row,
): Promise<string> {
  if (account === undefined) return 'unknown-user';
  const { userId, ref, label, ...given } = row;
  const parsed = IMPORTED_FACTOR.parse(given, { allowWeak: request.allowWeak });
  if (parsed.outcome === 'refused') return parsed.because;
  const authenticator = toAuthenticator(context, account, {
    ...parsed,
    label: request.label.clean(label ?? '') ?? request.label.usual,
  });
  const { dryRun, actorId, reason } = request;
  const outcome = await context.records.importAuthenticator(userId, authenticator, { ref, dryRun });
  if (outcome !== 'imported' || dryRun) return outcome;
  const { id: authenticatorId, kind } = authenticator;
  context.events.report({
    name: 'authenticator-added',
    userId,
    organizationId: account.organizationId,
    actorId,
    details: { kind, authenticatorId, imported: true, ...reasonDetail(reason) },
  });
  await context.enrollmentNotes.note(userId, true);
  return outcome;
}

function toAuthenticator(
  { clock, keyRing }: FlowContext,
  { id: userId, organizationId }: Account,
  { secret, state, label }: ImportedFactor & { readonly label: string },
): Authenticator {
  const id = newId();
  const { kind } = IMPORTED_FACTOR;
  return {
    id,
    kind,
    label,
    createdAt: clock.now(),
    lastUsedAt: null,
    failures: 0,
    disabledAt: null,
    state,
    sealedSecret: sealSecret(keyRing, secret, { userId, authenticatorId: id, kind }),
    maskedDestination: null,
    organizationId,
  };
}
