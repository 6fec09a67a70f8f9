import type { Account } from '../../options/ports';
import type { FlowContext, Origin } from './context';

/** Says that a request was refused. `account` is null where it is not known whose it was. */
export function reportRefusedRequest(
  { events }: Pick<FlowContext, 'events'>,
  refused: {
    readonly account: Pick<Account, 'id' | 'organizationId'> | null;
    readonly origin: Origin;
    readonly details: { readonly because: string; readonly outcome?: string };
  },
): void {
  const { account, origin, details } = refused;
  const whose =
    account === null
      ? { organizationId: '' }
      : { userId: account.id, organizationId: account.organizationId };
  events.report({ name: 'request-refused', ...whose, address: origin.address, details });
}
