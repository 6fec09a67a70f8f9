import type { Request } from 'express';
import type { HttpContext } from '../http-context';
import { originOf } from '../origin';

/** A form or a script sent no token of this session, so nothing was done. */
export function reportRefusedToken(context: HttpContext, req: Request): void {
  context.events.report({
    name: 'request-refused',
    organizationId: '',
    address: originOf(req).address,
    details: { because: 'csrf-token-refused' },
  });
}
