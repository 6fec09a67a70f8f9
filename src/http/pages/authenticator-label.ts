import type { EnrollableKind } from '../../core/factor-kind';
import type { Authenticator } from '../../core/authenticator';
import { cutText } from '../../core/cut-text';
import { field } from './page-route';
import type { KnownPageRequest } from './page-route';

/** What an authenticator is called where the person gave no name. */
export const KIND_LABELS: Readonly<Record<EnrollableKind, string>> = {
  totp: 'Authenticator app',
  sms: 'Phone',
  email: 'Email',
};
const LONGEST_LABEL = 60;

/** What a person typed as the name of an authenticator; null where there is nothing to read. */
export function typedLabel(page: KnownPageRequest): string | null {
  return cleanLabel(field(page, 'label'));
}

/** One line of bounded length; null where nothing is left. */
export function cleanLabel(typed: string): string | null {
  const line = typed.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  const label = cutText(line, LONGEST_LABEL);
  return label === '' ? null : label;
}

/** What a person calls an authenticator, or the name of its kind. */
export function labelOf(page: KnownPageRequest, kind: EnrollableKind): string {
  return typedLabel(page) ?? KIND_LABELS[kind];
}

/** A name that no other authenticator has: `Phone`, `Phone 2`. */
export function suggestLabel(kind: EnrollableKind, others: readonly Pick<Authenticator, 'label'>[]): string {
  const taken = new Set(others.map(({ label }) => label));
  const names = [KIND_LABELS[kind], ...others.map((_, index) => `${KIND_LABELS[kind]} ${index + 2}`)];
  return names.find((name) => !taken.has(name)) ?? KIND_LABELS[kind];
}
