import type { ConfigurationError } from '../core/errors';
import { parseLocalPath } from '../core/text/local-path';
import { refuse } from './option-check';
import { OPTION_RULES } from './option-rules';

/** Where people reach the app. */
export interface PublicOrigin {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly host: string;
  readonly secure: boolean;
  /** The path of the address, without a slash at the end: everything of the app is below it. Empty where there is none. */
  readonly publicPrefix: string;
}

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function refused(problem: string): ConfigurationError {
  return refuse('baseUrl', OPTION_RULES.baseUrl, problem);
}

/** Reads `baseUrl`. A query or a fragment is refused: it would be lost from the addresses made of it. */
export function parsePublicOrigin(
  baseUrl: string | URL,
  { insecureAccepted }: { readonly insecureAccepted: boolean },
): PublicOrigin {
  const text = String(baseUrl);
  if (!URL.canParse(text)) throw refused('what was passed is not a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refused('the URL holds a user name or a password');
  const { protocol, origin, hostname } = url;
  if (protocol !== 'https:' && protocol !== 'http:') throw refused(`${protocol} was passed as its scheme`);
  if (/[?#]/.test(text)) throw refused(`${origin} was passed with a query or a fragment`);
  const publicPrefix = url.pathname.replace(/\/$/, '');
  if (publicPrefix !== '' && parseLocalPath(publicPrefix) !== publicPrefix)
    throw refused(`${origin} was passed with a path that cannot stand before others`);
  const secure = protocol === 'https:';
  if (!secure && !LOCAL_HOSTS.includes(hostname) && !insecureAccepted) {
    throw refused(`${origin} was passed, and plain http is for ${LOCAL_HOSTS.join(', ')} alone`);
  }
  return { baseUrl: origin, host: hostname, secure, publicPrefix };
}

/** A path as people reach it: below the prefix that a proxy in front of the app strips. One that begins with it stays as it is. */
export function publicPath({ publicPrefix }: Pick<PublicOrigin, 'publicPrefix'>, path: string): string {
  const rest = path.startsWith(publicPrefix) ? path.slice(publicPrefix.length) : null;
  return rest !== null && /^(?:$|[/?#])/.test(rest) ? path : publicPrefix + path;
}
