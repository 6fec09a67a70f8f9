import { MfaError } from 'express-mfa';
import type { ErrorRequestHandler } from 'express';

const SENTENCE = 'This does not work at the moment. Try again in a minute.';

/** The last word: a page, or JSON for who asks for it, and never a stack. */
export function createErrorPage(report: (error: unknown) => void): ErrorRequestHandler {
  return function answerError(error: unknown, req, res, next) {
    if (res.headersSent) {
      next(error);
      return;
    }
    const known = error instanceof MfaError;
    const status = known ? error.status : 500;
    const message = known && error.expose ? error.message : SENTENCE;
    if (status >= 500) report(error);
    res.status(status).set('Cache-Control', 'no-store');
    if (req.accepts(['html', 'json']) === 'json') {
      res.json({ outcome: 'failed', because: known ? error.code : 'unexpected', message });
    } else {
      res.render('error', { message });
    }
  };
}
