import type { Request } from 'express';

/*
 * What a request is answered with: a page or data. Headers choose that and nothing else; what a visitor may do never depends on
 * them.
 */

/**
 * Whether a guarded route of the host's is asked for a page: only by a navigation, which a redirect can lead elsewhere. A
 * script, an image or a program would follow the redirect and take the sign-in page for its answer. Browsers say which it is by
 * `Sec-Fetch-Mode` and `Sec-Fetch-Dest`; those that send neither, and every other client, name HTML where they want a page.
 */
export function asksForPage(req: Request): boolean {
  if (isFromScript(req)) return false;
  return isNavigation(req) === null ? namesHtml(req) : acceptsHtml(req);
}

/**
 * Whether a route of ours is asked for JSON, where a page and its JSON twin share the address: the request says so, or it
 * sends JSON and does not ask for a page, or a script sends it and does not ask for one either.
 */
export function wantsJson(req: Request): boolean {
  if (req.get('accept')?.includes('text/html') === true) return false;
  return req.accepts(['html', 'json']) === 'json' || Boolean(req.is('application/json')) || isFromScript(req);
}

/** Android's WebView sends the header with every request, with the name of its app. */
function isFromScript(req: Request): boolean {
  return req.get('x-requested-with')?.toLowerCase() === 'xmlhttprequest' || isNavigation(req) === false;
}

const DOCUMENTS = new Set(['document', 'iframe', 'frame', 'embed', 'object', 'fencedframe']);

/** Null where the browser does not say. */
function isNavigation(req: Request): boolean | null {
  const mode = req.get('sec-fetch-mode');
  const destination = req.get('sec-fetch-dest');
  if (mode === undefined) return destination === undefined ? null : DOCUMENTS.has(destination);
  if (mode !== 'navigate') return false;
  // A service worker that passes a navigation on has no destination for it, and keeps what it accepts.
  return destination === undefined || DOCUMENTS.has(destination) || namesHtml(req);
}

const HTML = ['text/html', 'application/xhtml+xml'];
const isJson = (type: string): boolean => /[/+]json$/.test(type);

/** HTML by name, before any JSON; programs that take anything send only a wildcard. */
function namesHtml(req: Request): boolean {
  return HTML.includes(req.accepts().find((type) => HTML.includes(type) || isJson(type)) ?? '');
}

function acceptsHtml(req: Request): boolean {
  const first = req.accepts().find((type) => HTML.includes(type) || isJson(type) || type === '*/*');
  return first !== undefined && !isJson(first);
}

/** Whether a browser says that somebody opens a page. */
export function isBrowserNavigation(req: Request): boolean {
  return isNavigation(req) === true;
}

/** The browser fetches what its reader may open next. */
export function isLookingAhead(req: Request): boolean {
  return `${req.get('sec-purpose') ?? ''} ${req.get('purpose') ?? ''}`.includes('prefetch');
}
