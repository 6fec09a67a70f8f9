import { MfaError } from 'express-mfa';
import type { ErrorRequestHandler, RequestHandler } from 'express';

const SENTENCE = 'The fault is on our side. Try again in a minute.';

const UNKNOWN =
  'The address may be mistyped, or what was here is gone. Check it, or start from the front page.';

const UNREADABLE = 'We couldn’t read that request. Go back and try again.';

/** Express's parsers say by `status` that the visitor is at fault. */
function statusOf(error: unknown): number {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function headingOf(status: number): string {
  if (status === 404) return 'There’s nothing here';
  return status < 500 ? 'Not done' : 'Something went wrong on our side';
}

/** Below every route: an address that leads nowhere. */
export const answerUnknown: RequestHandler = function answerUnknown(req, _res, next) {
  // Express answers this one itself, with the methods that there are.
  if (req.method === 'OPTIONS') next();
  else next(new MfaError('not-found', UNKNOWN));
};

/** The last word: a page, or JSON for who asks for it, and never a stack. */
export function createErrorPage(report: (error: unknown) => void): ErrorRequestHandler {
  return function answerError(error: unknown, req, res, next) {
    if (res.headersSent) {
      next(error);
      return;
    }
    const known = error instanceof MfaError;
    const status = known ? error.status : statusOf(error);
    const message = known && error.expose ? error.message : status < 500 ? UNREADABLE : SENTENCE;
    if (status >= 500) report(error);
    res.status(status).set('Cache-Control', 'no-store');
    if (req.accepts(['html', 'json']) === 'json') {
      res.json({ outcome: 'failed', because: known ? error.code : 'unexpected', message });
    } else {
      res.render('error', { heading: headingOf(status), message });
    }
  };
}
