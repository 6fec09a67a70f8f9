import { nearestName } from '../../core/text/nearest-name';
import type { AdminPage } from './admin-route';

export interface UnknownField {
  readonly field: string;
  readonly because: 'unknown-field';
  readonly message: string;
}

/**
 * A field of a JSON body that nothing reads, or null. A rule with a misspelled name would be kept as it was, and the answer would
 * be `saved`. Forms are ours, and their browsers and proxies may add to them.
 */
export function findUnknownField(
  { req, context }: Pick<AdminPage, 'req' | 'context'>,
  known: readonly string[],
): UnknownField | null {
  if (req.is('json') === false) return null;
  const token = context.options.csrf?.field ?? '_csrf';
  const body: unknown = req.body;
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const field = names.find((name) => name !== token && !known.includes(name));
  if (field === undefined) return null;
  const meant = nearestName(field, known);
  const advice = meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return { field, because: 'unknown-field', message: `There is no field of this name. ${advice}` };
}
