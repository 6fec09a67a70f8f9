import type { RequestHandler } from 'express';
import type { HttpContext } from '../kernel/http-context';
import { adviseOnRefusal } from '../kernel/token-advice';
import { requireSessionCookie } from '../session/session-cookie';

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

export function checkCsrf(context: HttpContext): RequestHandler {
  return function checkCsrfToken(req, _res, next) {
    if (SAFE_METHODS.includes(req.method)) {
      next();
      return;
    }
    try {
      if (context.csrf.check(req) === 'visitor') requireSessionCookie(context, req);
    } catch (error) {
      adviseOnRefusal(context, req, error);
      throw error;
    }
    next();
  };
}
