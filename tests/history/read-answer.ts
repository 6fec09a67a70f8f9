import type { HttpAnswer } from './fleet';
import type { Answer } from './history';
import type { ShownFactor } from './person';
import { revisionOf } from './policy-revision';

/** What a 200 says beyond that. */
export type Read = (response: HttpAnswer) => Partial<Answer>;

export function toAnswer(response: HttpAnswer | null, read: Read): Answer {
  if (response === null) return { verdict: 'unknown', status: null };
  const { status, body } = response;
  const because = typeof body['because'] === 'string' ? { because: body['because'] } : {};
  if (status >= 500) return { verdict: 'unknown', status, ...because };
  if (status !== 200) return { verdict: 'no', status, ...because };
  return { verdict: 'yes', status, ...because, ...read(response) };
}

export function isRejection(response: HttpAnswer | null): boolean {
  return response?.body['outcome'] === 'rejected';
}

export function* listFactors(response: HttpAnswer | null): Generator<ShownFactor> {
  const { authenticators } = response?.body ?? {};
  if (Array.isArray(authenticators)) yield* authenticators as ShownFactor[];
}

export function readState(response: HttpAnswer): Partial<Answer> {
  const { signedIn, pending } = response.body;
  if (signedIn !== true && (pending === null || pending === undefined)) return { verdict: 'no' };
  return { factors: [...listFactors(response)].map(({ label }) => label) };
}

export function readPassword({ body }: HttpAnswer): Partial<Answer> {
  return body['outcome'] === 'challenge' ? {} : { withoutFactor: true };
}

/** Where no factor is asked any more the answer tells where to go on, which accepts nothing. */
export function readProof({ body }: HttpAnswer): Partial<Answer> {
  const { outcome } = body;
  return outcome === 'signed-in' || outcome === 'stepped-up' ? {} : { verdict: 'unknown' };
}

export function readSkip({ body }: HttpAnswer): Partial<Answer> {
  return body['outcome'] === 'skipped' ? {} : { verdict: 'no' };
}

export function readVisit({ body }: HttpAnswer): Partial<Answer> {
  const { session } = body as { readonly session?: { startedAt: number; expiresAt: number } | null };
  if (session === undefined || session === null) return {};
  return { revision: revisionOf((session.expiresAt - session.startedAt) / 1000) };
}
