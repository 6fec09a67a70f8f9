import type { Request } from 'express';
import { cutText } from '../core/cut-text';
import { parseAddress } from '../core/network-address';
import type { Origin } from '../flows/context';

const LONGEST_USER_AGENT = 200;
/** Longer than any IP address; what is no address is whatever a proxy sent. */
const LONGEST_ADDRESS = 64;

/** Where the request came from. The address is Express's, so it obeys the host's `trust proxy` and no header otherwise. */
export function originOf(req: Request): Origin {
  const { ip = '' } = req;
  return {
    address: parseAddress(ip) ?? onOneLine(ip, LONGEST_ADDRESS),
    userAgent: onOneLine(userAgentOf(req) ?? '', LONGEST_USER_AGENT),
  };
}

/** A connection that does not pass Express, such as a WebSocket, has headers and no `get`. */
function userAgentOf(req: Request): string | undefined {
  return Reflect.has(req, 'get') ? req.get('user-agent') : req.headers['user-agent'];
}

/** Control characters would forge lines in a log. */
function onOneLine(text: string, longest: number): string {
  return cutText(text.replaceAll(/\p{Cc}/gu, ' '), longest);
}
