import type { RequestHandler } from 'express';
import type { HttpContext } from '../http-context';
import { requireSessionCookie } from '../session-cookie';
import { adviseOnRefusal } from '../token-advice';

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
