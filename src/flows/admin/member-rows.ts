import type { FlowContext } from '../context';
import type { MemberQuery } from './member-list';

export const MEMBER_COLUMNS: readonly string[] = [
  'id',
  'name',
  'email',
  'configured',
  'methods',
  'assigned',
  'exempt until',
  'exemption reason',
  'locked until',
  'federated',
  'in grace',
  'last used',
];

/** The filtered list as rows of text under MEMBER_COLUMNS, page after page. Instants in ISO 8601. Escaping is the writer's. */
export async function* memberRows(
  _context: FlowContext,
  _query: Pick<MemberQuery, 'organizationId' | 'filter' | 'query'>,
): AsyncGenerator<readonly string[]> {
  throw new Error('This is not written yet.');
}
