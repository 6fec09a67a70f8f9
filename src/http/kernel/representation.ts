import type { Request } from 'express';

/*
 * Whether a request is answered with a page or JSON. Headers decide only that, never access.
 */

/** Only a navigation does: a script, an image or a program would follow the redirect and take the page for its answer. */
export function asksForPage(req: Request): boolean {
  if (isFromScript(req)) return false;
  return isNavigation(req) === null ? namesHtml(req) : acceptsHtml(req);
}

/**
 * Whether a request to one of our routes wants JSON: it accepts JSON, sends JSON or comes from a script, and does not ask for
 * HTML.
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

/** Null if the browser does not say. */
function isNavigation(req: Request): boolean | null {
  const mode = req.get('sec-fetch-mode');
  const destination = req.get('sec-fetch-dest');
  if (mode === undefined) return destination === undefined ? null : DOCUMENTS.has(destination);
  if (mode !== 'navigate') return false;
  // A service worker that forwards a navigation sends an empty destination, but the original `Accept`.
  return destination === undefined || DOCUMENTS.has(destination) || namesHtml(req);
}

const HTML = ['text/html', 'application/xhtml+xml'];
const isJson = (type: string): boolean => /[/+]json$/.test(type);

/** Whether HTML is accepted explicitly, and before JSON. Programs that accept anything send only a wildcard. */
function namesHtml(req: Request): boolean {
  return HTML.includes(req.accepts().find((type) => HTML.includes(type) || isJson(type)) ?? '');
}

function acceptsHtml(req: Request): boolean {
  const first = req.accepts().find((type) => HTML.includes(type) || isJson(type) || type === '*/*');
  return first !== undefined && !isJson(first);
}

export function isBrowserNavigation(req: Request): boolean {
  return isNavigation(req) === true;
}

export function isPrefetch(req: Request): boolean {
  return `${req.get('sec-purpose') ?? ''} ${req.get('purpose') ?? ''}`.includes('prefetch');
}

/** The JSON answer of a step that is followed by another: `next` is the path of that step. */
export type StepBody = { readonly outcome: string; readonly next: string; readonly [field: string]: unknown };
