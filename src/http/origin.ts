import type { Request } from 'express';
import type { Origin } from '../flows/context';

const LONGEST_USER_AGENT = 200;

/** Where the request came from. The address is Express's, so it obeys the host's `trust proxy` and no header otherwise. */
export function originOf(req: Request): Origin {
  const userAgent = req.get('user-agent') ?? '';
  return {
    // A socket for both versions of IP writes the older one within the newer.
    address: (req.ip ?? '').replace(/^::ffff:(?=[\d.]+$)/i, ''),
    // Control characters would forge lines in a log.
    userAgent: userAgent.replaceAll(/\p{Cc}/gu, ' ').slice(0, LONGEST_USER_AGENT),
  };
}
