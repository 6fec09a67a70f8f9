import type { ConfigurationError } from './errors';
import { OPTION_RULES } from './option-rules';
import { refuse } from './option-check';

/** Where people reach the app. */
export interface PublicOrigin {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly host: string;
  readonly secure: boolean;
}

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function refused(problem: string): ConfigurationError {
  return refuse('baseUrl', OPTION_RULES.baseUrl, problem);
}

/** Reads `baseUrl`. Anything besides an origin is refused: it would be lost from the addresses made of it. */
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
  if (url.pathname !== '/' || /[?#]/.test(text)) {
    throw refused(`${origin} was passed with a path or a query; it is the origin alone`);
  }
  const secure = protocol === 'https:';
  if (!secure && !LOCAL_HOSTS.includes(hostname) && !insecureAccepted) {
    throw refused(`${origin} was passed, and plain http is for ${LOCAL_HOSTS.join(', ')} alone`);
  }
  return { baseUrl: origin, host: hostname, secure };
}
